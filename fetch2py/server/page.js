// The page: which profile, the token, asking, stopping, and following the end of what comes.

"use strict";

const $ = (id) => document.getElementById(id);
const turns = $("turns");
const composer = $("composer");
const message = $("message");
const profile = $("profile");

// Token. It is kept for this tab alone, and doesn't stay in the address.

function takeToken() {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given === null) return;
  sessionStorage.setItem("token", given);
  history.replaceState(null, "", location.pathname);
}

function fetchHere(path, options = {}) {
  const token = sessionStorage.getItem("token");
  const bearer = token ? { authorization: `Bearer ${token}` } : {};
  return fetch(path, { ...options, headers: { ...options.headers, ...bearer } });
}

function askForToken() {
  $("refused").hidden = !sessionStorage.getItem("token");
  sessionStorage.removeItem("token");
  composer.hidden = true;
  $("gate").hidden = false;
  $("token").focus();
}

// Errors

/** A refusal: what happened and what to do next, as a person reads it. */
class Refusal extends Error {
  constructor(what, next = "", status = 0) {
    super(what);
    this.next = next;
    this.status = status;
  }
}

/** The response, if it is a good one; throws a Refusal. */
async function answered(request) {
  let response;
  try {
    response = await request;
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refusal(words.unreachable, words.isRunning);
  }
  if (response.ok) return response;
  const { error } = await response.json().catch(() => ({}));
  throw new Refusal(error?.message ?? words.odd(response.status), error?.hint, response.status);
}

// Profiles

async function begin() {
  document.querySelector(".note")?.remove();
  try {
    const { data } = await (await answered(fetchHere("v1/models"))).json();
    offer(data.map(({ id }) => id));
  } catch (error) {
    if (error.status === 401) return askForToken();
    note(error.message, error.next);
  }
}

function offer(names) {
  $("gate").hidden = true;
  if (!names.length) return note(words.empty, words.import);
  profile.replaceChildren(...names.map((name) => new Option(name, name)));
  const before = sessionStorage.getItem("profile");
  if (names.includes(before)) profile.value = before;
  composer.hidden = false;
  message.focus();
}

/** Says something where turns would stand. */
function note(what, next) {
  const turn = new Turn("");
  turn.fail(what, next);
  turn.finish();
  turn.element.classList.add("note");
  turns.append(turn.element);
}

// Asking

let underWay = null;

async function ask(question) {
  const turn = new Turn(question);
  turns.append(turn.element);
  underWay = new AbortController();
  show(words.answering);
  toEnd();
  let remark = "";
  try {
    await read(await request(question, underWay.signal), turn);
  } catch (error) {
    if (error.name === "AbortError") remark = words.stopped;
    else turn.fail(error.message, error.next);
    if (error.status === 401) {
      message.value = question;
      askForToken();
    }
  }
  turn.finish(remark);
  underWay = null;
  show(remark || (turn.hasFailed ? words.failed : words.done));
  follow();
}

function request(question, signal) {
  return answered(
    fetchHere(`chat/${encodeURIComponent(profile.value)}?events=1&reasoning=1`, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "text/event-stream" },
      body: JSON.stringify({ message: question }),
      signal,
    }),
  );
}

/** Reads an answer to its end into a turn. */
async function read(response, turn) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  const parser = new EventStreamParser();
  let outcome = "";
  while (!outcome) {
    const { done, value } = await cutIsRefusal(reader.read());
    if (done) break;
    for (const { type, data } of parser.push(value)) {
      if (type === "text") turn.text(data);
      if (type === "reasoning") turn.reasoning(data);
      if (type === "error") turn.fail(data);
      if (type === "end") ({ outcome } = JSON.parse(data));
    }
    follow();
  }
  if (outcome !== "clean" && !turn.hasFailed) throw new Refusal(words.cut);
}

/** A connection that broke is a TypeError in each browser's own words. */
async function cutIsRefusal(reading) {
  try {
    return await reading;
  } catch (error) {
    throw error.name === "AbortError" ? error : new Refusal(words.cut);
  }
}

function show(status) {
  const isBusy = underWay !== null;
  const hadFocus = document.activeElement === $("stop");
  $("stop").hidden = !isBusy;
  $("send").hidden = isBusy;
  $("status").textContent = status;
  if (hadFocus && !isBusy) message.focus();
}

// Following the end, unless the reader has scrolled up

let isFollowing = true;
let willFollow = false;
let lastTop = 0;

function follow() {
  if (!isFollowing || willFollow) return;
  willFollow = true;
  requestAnimationFrame(() => {
    willFollow = false;
    if (!isFollowing) return;
    scrollTo(0, document.documentElement.scrollHeight);
    lastTop = scrollY;
  });
}

function toEnd() {
  isFollowing = true;
  follow();
}

addEventListener("scroll", () => {
  const page = document.documentElement;
  if (page.scrollHeight - page.clientHeight - scrollY < 4) isFollowing = true;
  // Only a reader scrolls up.
  else if (scrollY < lastTop) isFollowing = false;
  lastTop = scrollY;
});

// What a person does

composer.addEventListener("submit", (event) => {
  event.preventDefault();
  const question = message.value;
  if (underWay || !question.trim()) return;
  message.value = "";
  fit();
  message.focus();
  ask(question);
});

message.addEventListener("keydown", (event) => {
  // Enter that ends the choice of a Chinese word is no Enter; Safari tells it by 229 alone.
  const isComposing = event.isComposing || event.keyCode === 229;
  if (event.key !== "Enter" || event.shiftKey || isComposing) return;
  event.preventDefault();
  composer.requestSubmit();
});

/** As high as its text, for browsers that don't do so themselves. */
function fit() {
  if (CSS.supports("field-sizing", "content")) return;
  message.style.height = "auto";
  message.style.height = `${message.scrollHeight}px`;
}

message.addEventListener("input", fit);
profile.addEventListener("change", () => {
  sessionStorage.setItem("profile", profile.value);
  message.focus();
});
$("stop").addEventListener("click", () => underWay?.abort());
addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.isComposing) underWay?.abort();
});
addEventListener("hashchange", () => {
  takeToken();
  if (!$("gate").hidden) begin();
});
$("gate").addEventListener("submit", (event) => {
  event.preventDefault();
  sessionStorage.setItem("token", $("token").value.trim());
  $("token").value = "";
  begin();
});

takeToken();
translate();
begin();
