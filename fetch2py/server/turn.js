// One turn on the screen: a question and its answer, as it comes. Every text of either becomes a text node;
// none is ever read as HTML. Must not know where the answer comes from.

"use strict";

// Longer texts go on in a new block at their next line, so that a browser lays out the last block only.
const BLOCK_CHARACTERS = 2000;
// What came within so many milliseconds has no pace worth telling.
const AT_ONCE = 100;

/** A text that grows at its end. */
class GrowingText {
  #element;
  #block = null;

  constructor(element) {
    this.#element = element;
  }

  append(text) {
    const line = this.#block?.length >= BLOCK_CHARACTERS ? text.indexOf("\n") : -1;
    if (line >= 0) this.#block.appendData(text.slice(0, line));
    if (line >= 0 || !this.#block) this.#begin();
    this.#block.appendData(text.slice(line + 1));
  }

  toString() {
    return Array.from(this.#element.children, (block) => block.textContent).join("\n");
  }

  #begin() {
    const block = document.createElement("div");
    this.#block = document.createTextNode("");
    block.append(this.#block);
    this.#element.append(block);
  }
}

/** A number as the reader writes it. */
function spelled(number, decimals = 0) {
  return number.toLocaleString(document.documentElement.lang, {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
}

class Turn {
  #parts;
  #answer;
  #reasoning;
  #begun = performance.now();
  #first = 0; // when the first token came, of whichever kind
  #last = 0;
  #characters = 0;
  #clock;

  constructor(question) {
    const fragment = document.getElementById("turn").content.cloneNode(true);
    this.element = fragment.querySelector("article");
    const part = (name) => this.element.querySelector(name);
    this.#parts = {
      reasoning: part(".reasoning"), summary: part("summary"), answer: part(".answer"), fault: part(".fault"),
      what: part(".what"), next: part(".next"), timing: part(".timing"), copy: part(".copy"),
    };
    this.#answer = new GrowingText(this.#parts.answer);
    this.#reasoning = new GrowingText(part(".reasoning .text"));
    part(".question").textContent = question;
    this.#parts.summary.textContent = words.thinking;
    this.#parts.copy.textContent = words.copy;
    this.#parts.copy.addEventListener("click", () => this.#copy());
    // Whoever listens to the page is read the answer when it is whole.
    this.element.ariaBusy = "true";
    this.element.dataset.state = "waiting";
    const tell = () => this.#tell(words.waiting(spelled((performance.now() - this.#begun) / 1000, 1)));
    tell();
    this.#clock = setInterval(tell, 100);
  }

  /** A piece of the answer. */
  text(piece) {
    if (this.element.dataset.state !== "answering") this.#tellThought();
    this.element.dataset.state = "answering";
    this.#count(piece);
    this.#answer.append(piece);
  }

  /** A piece of what the model thought before. */
  reasoning(piece) {
    this.#count(piece);
    if (this.element.dataset.state === "waiting") this.element.dataset.state = "thinking";
    this.#parts.reasoning.hidden = false;
    this.#reasoning.append(piece);
  }

  /** What went wrong, and what to do next. */
  fail(what, next = "") {
    this.#parts.what.textContent = what;
    this.#parts.next.textContent = next;
    this.#parts.next.hidden = !next;
    this.#parts.fault.hidden = false;
  }

  get hasFailed() {
    return !this.#parts.fault.hidden;
  }

  /** Nothing more comes. `note` is said beside the times. */
  finish(note = "") {
    clearInterval(this.#clock);
    if (this.element.dataset.state !== "answering") this.#tellThought();
    this.element.dataset.state = "finished";
    this.element.ariaBusy = "false";
    this.#parts.copy.hidden = !this.#parts.answer.hasChildNodes();
    this.#tell(this.#first && words.first(this.#seconds(this.#first)), this.#length(), note);
  }

  #count(piece) {
    const now = performance.now();
    if (!this.#first) {
      this.#first = now;
      clearInterval(this.#clock);
      this.#tell(words.first(this.#seconds(now)));
    }
    this.#last = now;
    for (const _ of piece) this.#characters += 1;
  }

  #length() {
    if (!this.#characters) return "";
    const took = this.#last - this.#first;
    const characters = spelled(this.#characters);
    return took < AT_ONCE ? words.length(characters) : words.pace(characters, spelled((this.#characters / took) * 1000));
  }

  #tellThought() {
    const { summary } = this.#parts;
    const now = performance.now();
    const isQuick = now - this.#first < AT_ONCE;
    summary.textContent = isQuick ? words.thoughts : words.thought(this.#seconds(now, this.#first));
  }

  #tell(...notes) {
    this.#parts.timing.textContent = notes.filter(Boolean).join(" · ");
  }

  #seconds(moment, since = this.#begun) {
    const seconds = (moment - since) / 1000;
    return spelled(seconds, seconds < 1 ? 2 : 1);
  }

  async #copy() {
    const { copy, answer } = this.#parts;
    const hasCopied = await copied(this.#answer.toString(), answer);
    copy.textContent = hasCopied ? words.copied : words.uncopied;
    copy.addEventListener("blur", () => (copy.textContent = words.copy), { once: true });
  }
}

/** Puts a text on the clipboard; says whether it is there. */
async function copied(text, element) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Browsers have no clipboard for pages that come by plain HTTP from another machine.
    getSelection().selectAllChildren(element);
    return document.execCommand("copy");
  }
}
