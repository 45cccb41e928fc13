// What the page says, in the languages that it speaks. English stands in the page itself as well, and is what
// everyone else gets.

"use strict";

const WORDS = {
  en: {
    about: "Each message goes out through the profile as a request of its own.",
    turns: "Conversation",
    wantsToken: "This server wants its token. If it made one, it printed it when it started.",
    wrongToken: "That isn’t the token.",
    enter: "Continue",
    message: "Message",
    hint: "Write a message",
    profile: "Profile",
    keys: "Enter sends, Shift+Enter starts a line",
    send: "Send",
    stop: "Stop",
    copy: "Copy",
    copied: "Copied",
    uncopied: "The browser didn’t copy",
    waiting: (seconds) => `waiting ${seconds} s`,
    first: (seconds) => `first token ${seconds} s`,
    pace: (characters, pace) => `${characters} characters, ${pace} a second`,
    length: (characters) => `${characters} characters`,
    stopped: "stopped",
    thinking: "Thinking",
    thoughts: "Thoughts",
    thought: (seconds) => `Thought for ${seconds} s`,
    answering: "Waiting for the answer.",
    done: "The answer is complete.",
    failed: "The answer failed.",
    cut: "The answer was cut: the connection ended before its end.",
    unreachable: "The server can’t be reached.",
    isRunning: "See whether fetch2py serve still runs, then try again.",
    odd: (status) => `The server answered with status ${status} and no reason.`,
    empty: "There are no profiles yet.",
    import: "Copy a request in the browser as fetch, run “fetch2py import -n NAME”, then reload this page.",
  },
  zh: {
    about: "每条消息都通过所选配置，作为一个独立的请求发出。",
    turns: "对话",
    wantsToken: "此服务器需要令牌；若由它生成，启动时已打印在终端里。",
    wrongToken: "令牌不对。",
    enter: "继续",
    message: "消息",
    hint: "输入消息",
    profile: "配置",
    keys: "Enter 发送，Shift+Enter 换行",
    send: "发送",
    stop: "停止",
    copy: "复制",
    copied: "已复制",
    uncopied: "浏览器未能复制",
    waiting: (seconds) => `已等待 ${seconds} 秒`,
    first: (seconds) => `首个词元 ${seconds} 秒`,
    pace: (characters, pace) => `共 ${characters} 字符，每秒 ${pace} 个`,
    length: (characters) => `共 ${characters} 字符`,
    stopped: "已停止",
    thinking: "思考中",
    thoughts: "思考过程",
    thought: (seconds) => `思考了 ${seconds} 秒`,
    answering: "正在等待回答。",
    done: "回答完毕。",
    failed: "回答失败。",
    cut: "回答被截断：连接提前断开了。",
    unreachable: "无法连接服务器。",
    isRunning: "请确认 fetch2py serve 仍在运行，然后重试。",
    odd: (status) => `服务器返回状态 ${status}，未说明原因。`,
    empty: "还没有配置。",
    import: "在浏览器里将请求“复制为 fetch”，运行 fetch2py import -n NAME，然后刷新本页。",
  },
};

const isChinese = /^zh\b/i.test(navigator.language);
const words = isChinese ? WORDS.zh : WORDS.en;

/** Has the page speak the reader's language. */
function translate() {
  // The whole tag: it chooses the shapes of Chinese characters.
  document.documentElement.lang = isChinese ? navigator.language : "en";
  for (const element of document.querySelectorAll("[data-words]")) {
    element.textContent = words[element.dataset.words];
  }
  for (const element of document.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", words[element.dataset.label]);
  }
  for (const element of document.querySelectorAll("[data-hint]")) {
    element.placeholder = words[element.dataset.hint];
  }
}
