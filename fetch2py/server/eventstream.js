// Server-sent events, from text that arrives in pieces cut anywhere (WHATWG HTML, section 9.2.6).
// Must not know the page.

"use strict";

class EventStreamParser {
  #rest = "";
  #afterReturn = false;
  #type = "";
  #data = null;

  /** Takes the next piece of text; returns the events it has completed: [{type, data}, …]. */
  push(text) {
    if (this.#afterReturn && text) {
      this.#afterReturn = false;
      // The second half of a CRLF that was cut.
      if (text[0] === "\n") text = text.slice(1);
    }
    if (text.endsWith("\r")) this.#afterReturn = true;
    const lines = (this.#rest + text).split(/\r\n|\n|\r/);
    this.#rest = lines.pop();
    return lines.map((line) => this.#take(line)).filter(Boolean);
  }

  /** Takes a line; returns the event that it ends, if it ends one. */
  #take(line) {
    if (line === "") {
      const event = this.#data && { type: this.#type || "message", data: this.#data.join("\n") };
      this.#type = "";
      this.#data = null;
      return event;
    }
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
    // A comment begins with the colon: its field has no name. "id" and "retry" are an EventSource's affair.
    if (field === "event") this.#type = value;
    if (field === "data") (this.#data ??= []).push(value);
    return null;
  }
}
