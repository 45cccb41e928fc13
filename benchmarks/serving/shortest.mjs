// The shortest relay on Node's http. UPSTREAM is in the environment; it prints its port.
import http from "node:http";

const upstream = process.env.UPSTREAM;
const agent = new http.Agent({ maxSockets: Infinity });

const server = http.createServer((request, response) => {
  let asked = "";
  request.setEncoding("utf8");
  request.on("data", (piece) => (asked += piece));
  request.on("end", () => {
    const content = JSON.parse(asked).message;
    const body = JSON.stringify({ messages: [{ role: "user", content }] });
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    const sent = http.request(upstream, { method: "POST", agent, headers }, (answer) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      let rest = "";
      answer.setEncoding("utf8");
      answer.on("data", (piece) => {
        const lines = (rest + piece).split("\n");
        rest = lines.pop();
        for (const line of lines) {
          if (!line.startsWith("data: ") || line === "data: [DONE]") continue;
          const record = JSON.parse(line.slice(6));
          const text = record.choices ? record.choices[0].delta.content : record.text;
          if (text) response.write(`data:${text}\n\n`);
        }
      });
      answer.on("end", () => response.end());
      answer.on("error", () => response.destroy());
    });
    sent.on("error", () => response.destroy());
    sent.end(body);
    response.on("close", () => sent.destroy());
  });
});
server.listen({ port: 0, host: "127.0.0.1", backlog: 4096 }, () => console.log(server.address().port));
