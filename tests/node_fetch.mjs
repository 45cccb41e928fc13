// Runs snippets with Node's own fetch. A line in is JSON, a line out as well. A string is a snippet's text, and
// comes to {"flights": [fault, …], "thrown": fault}: a fault for each call of fetch() in order, and one for the
// text around them, "" where there was none. {"url": text} asks for the URL standard's reading alone, and comes to
// {"host", "target"}, or {"thrown"}.
import { createInterface } from 'node:readline';

const PATIENCE = 20_000;
const AsyncFunction = (async () => {}).constructor;
const native = globalThis.fetch;
const say = answer => process.stdout.write(`${JSON.stringify(answer)}\n`);
const told = fault => [fault.name, fault.message, fault.cause?.message].filter(Boolean).join(': ');

let flights = [];
globalThis.window = globalThis.self = globalThis;
// The second call of a text goes out when the first is answered, so that the order on the wire is the text's.
globalThis.fetch = (...given) => {
  const before = flights.at(-1);
  const flight = before ? before.then(() => native(...given)) : native(...given);
  flights.push(flight.then(answer => answer.arrayBuffer()).then(() => '', told));
  return flight;
};
// A snippet may want more of its answer than there is, or print it.
process.on('unhandledRejection', () => {});
console.log = () => {};

async function run(text) {
  flights = [];
  let thrown = '';
  try {
    // Not awaited to its end: what a snippet does with an answer is its own affair.
    const running = new AsyncFunction(text)();
    running.catch(fault => { thrown = told(fault); });
    await Promise.resolve();
    if (flights.length === 0) await running.catch(() => {});
    let settled;
    do {
      settled = flights.length;
      await Promise.all(flights);
      // A turn for what the snippet does next.
      await new Promise(setImmediate);
    } while (flights.length > settled);
    return { flights: await Promise.all(flights), thrown };
  } catch (fault) {
    return { flights: [], thrown: told(fault) };
  }
}

function read(text) {
  try {
    const url = new URL(text);
    return { host: url.host, target: url.pathname + url.search };
  } catch (fault) {
    return { thrown: told(fault) };
  }
}

const late = () => new Promise((_, reject) => setTimeout(reject, PATIENCE, new Error('no answer in time')).unref());

for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  say(typeof asked === 'string' ? await Promise.race([run(asked), late()]) : read(asked.url));
}
