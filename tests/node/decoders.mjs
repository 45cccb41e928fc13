// The decoders of other projects, asked over pipes: one line in, one line out.
//
// In: {"decoder": "sse" | "connect", "chunks": [base64, …]}. Out, for sse: {"events": [[name, data, id], …],
// "retry": milliseconds or null, "id": the last one}; for connect: {"envelopes": [[flags, base64], …]}.

import { createInterface } from "node:readline";
import { createEnvelopeReadableStream } from "@connectrpc/connect/protocol";
import { createParser } from "eventsource-parser";

function eventStream(chunks) {
  const found = { events: [], retry: null, id: "" };
  const parser = createParser({
    onId: (id) => (found.id = id),
    onRetry: (retry) => (found.retry = retry),
    onEvent: ({ event, data }) => found.events.push([event || "message", data, found.id]),
  });
  // The parser drops the byte order mark; if the decoder did too, two would be gone.
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  for (const chunk of chunks) parser.feed(decoder.decode(chunk, { stream: true }));
  return found;
}

async function envelopes(chunks) {
  const source = new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
  const reader = createEnvelopeReadableStream(source).getReader();
  const found = { envelopes: [] };
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      found.envelopes.push([value.flags, Buffer.from(value.data).toString("base64")]);
    }
  } catch {
    // An envelope was cut. What was whole is in.
  }
  return found;
}

for await (const line of createInterface({ input: process.stdin })) {
  const { decoder, chunks } = JSON.parse(line);
  const bytes = chunks.map((chunk) => new Uint8Array(Buffer.from(chunk, "base64")));
  const found = decoder === "sse" ? eventStream(bytes) : await envelopes(bytes);
  process.stdout.write(JSON.stringify(found) + "\n");
}
