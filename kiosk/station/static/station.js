// Runs once, when Gradio has put the frame on the page (`element`). Screens are shown by body[data-screen] and CSS alone;
// the server renders their inside (`server.tell`). Nothing is stored in the browser.
const root = element.querySelector("#station");
const toast = root.querySelector(".toast");
const still = root.querySelector(".still");
const idleMs = Number(root.dataset.idle) * 1000;
const WARN_SECONDS = 20, ASKING_AFTER_MS = 80, PATIENCE_MS = 20000, PING_MS = 15000, RELOAD_AFTER_MS = 5000;
const BROKEN = "机器没有回应，正在恢复。请等一会儿再点一次；急事请打 12348，有危险打 110。";
const FRESH = new Set(["home", "unset", "slip", "thanks"]); // no way back from these

let visit = "", screen = "", busy = false, quietSince = Date.now(), pinged = 0, warnedAt = 0, generation = 0;
let trail = []; // {screen, version, redo}: where 返回 leads
let current = { screen: "home", version: 0, redo: null };
const sections = new Map([...root.querySelectorAll(".screen")].map((s) => [s.dataset.screen, s]));
const versions = new Map();

function say(words) {
  toast.textContent = words || "";
  toast.hidden = !words;
}

function show(name) {
  screen = name;
  document.body.dataset.screen = name;
  const scroll = sections.get(name)?.querySelector(".scroll");
  if (scroll) scroll.scrollTop = 0;
  hint();
}

function put(name, html) {
  sections.get(name).innerHTML = html;
  versions.set(name, (versions.get(name) || 0) + 1);
}

function go(name, redo) {
  if (FRESH.has(name)) trail = [];
  else if (current.screen !== name || redo) trail.push(current);
  current = { screen: name, version: versions.get(name) || 0, redo };
  show(name);
}

function hint() {
  const section = sections.get(screen), scroll = section?.querySelector(".scroll"), further = section?.querySelector(".further");
  if (further && scroll) further.hidden = scroll.scrollHeight - scroll.clientHeight - scroll.scrollTop <= 24;
}

function place(reply) {
  if ("demonstration" in reply) document.body.dataset.demonstration = reply.demonstration;
  if ("place" in reply) root.querySelector("[data-place]").textContent = reply.place;
  if ("day" in reply) root.querySelector(".day").textContent = reply.day;
}

function forget() {
  visit = "";
  trail = [];
  current = { screen: "home", version: 0, redo: null };
  for (const [name, section] of sections) {
    if (["unset", "home", "matter", "answer", "offer", "slip", "thread", "thanks"].includes(name)) section.replaceChildren();
    for (const field of section.querySelectorAll("input, textarea")) field.value = "";
  }
  root.querySelector("[data-echo]").textContent = "";
}

async function tell(message) {
  const late = new Promise((_, reject) => setTimeout(() => reject(new Error("late")), PATIENCE_MS));
  const reply = await Promise.race([server.tell({ visit, ...message }), late]);
  if (!reply) throw new Error("no reply"); // Gradio swallows what went wrong
  return reply;
}

async function act(message) {
  if (busy) return;
  busy = true;
  root.classList.add("busy");
  say("");
  const before = screen, mine = ++generation;
  const asking = message.do === "ask" && setTimeout(() => {
    root.querySelector("[data-echo]").textContent = message.text;
    show("asking");
  }, ASKING_AFTER_MS);
  try {
    const reply = await tell(message);
    clearTimeout(asking);
    if (mine !== generation) return; // wiped meanwhile
    if ("visit" in reply) visit = reply.visit;
    place(reply);
    if (reply.html) {
      if (FRESH.has(reply.screen)) forget();
      put(reply.screen, reply.html);
      go(reply.screen, ["ask", "matter"].includes(message.do) ? message : null);
    } else if (reply.screen === "home") {
      forget();
      await enter();
    } else if (screen === "asking") show(before);
    if (reply.error) say(reply.error);
  } catch {
    clearTimeout(asking);
    if (mine !== generation) return;
    if (screen === "asking") show(before);
    recover();
  } finally {
    busy = false;
    root.classList.remove("busy");
  }
}

async function enter() {
  const reply = await tell({ do: "enter" });
  place(reply);
  put(reply.screen, reply.html);
  go(reply.screen, null);
}

async function leave() {
  still.hidden = true;
  warnedAt = 0;
  quietSince = Date.now();
  generation++;
  busy = false;
  root.classList.remove("busy");
  say("");
  const gone = visit;
  forget();
  show("home"); // at once and empty: nobody waits to see the words go
  try {
    const reply = await tell({ do: "done", visit: gone });
    place(reply);
    put(reply.screen, reply.html);
    go(reply.screen, null);
  } catch {
    recover();
  }
}

async function start() {
  try {
    await enter();
  } catch {
    recover();
  }
}

// The server went away: wait for it, and lose nothing that was written. One that is there again and does not know this page
// is another program than the page came with: load its page.
let recovering = false;
async function recover() {
  say(BROKEN);
  if (recovering) return;
  recovering = true;
  for (;;) {
    await new Promise((done) => setTimeout(done, 2000));
    if (!(await fetch("/", { cache: "no-store" }).then((reply) => reply.ok, () => false))) continue;
    try {
      if (sections.get("home").childElementCount) await tell({ do: "enter" });
      else await enter();
      recovering = false;
      return say("");
    } catch {
      if (performance.now() > RELOAD_AFTER_MS) location.reload();
    }
  }
}

function back() {
  say("");
  const last = trail.pop() || { screen: "home", version: versions.get("home"), redo: null };
  if (last.screen !== "home" && last.redo && versions.get(last.screen) !== last.version) {
    current = trail.pop() || { screen: "home", version: 0, redo: null };
    act(last.redo);
    return;
  }
  if (last.screen === "home" && !sections.get("home").childElementCount) return leave();
  current = last;
  show(last.screen);
}

function valueOf(section, name) {
  return section.querySelector(`[name="${name}"]`)?.value.trim() || "";
}

function press(key, section) {
  const field = section.querySelector(".field.active input") || section.querySelector("[data-field] input");
  if (!field) return;
  if (key === "clear") field.value = "";
  else if (key === "back") field.value = field.value.slice(0, -1);
  else if (field.value.length < field.maxLength) field.value += key;
  field.value = shaped(field);
  aim(field.closest(".field"));
}

// A case number reads 26-0001 on the slip; the hyphen comes by itself.
function shaped(field) {
  if (field.name !== "number") return field.value;
  const digits = field.value.replace(/\D/g, "");
  return digits.length > 2 ? digits.slice(0, 2) + "-" + digits.slice(2) : digits;
}

function aim(field) {
  if (!field?.dataset.field) return;
  for (const other of field.closest(".screen").querySelectorAll(".field")) other.classList.toggle("active", other === field);
}

const deeds = {
  back,
  enter: () => act({ do: "enter" }),
  done: leave,
  still: () => { still.hidden = true; warnedAt = 0; pinged = 0; seen(); },
  further: () => {
    const scroll = sections.get(screen).querySelector(".scroll");
    scroll.scrollBy({ top: scroll.clientHeight * 0.8, behavior: "smooth" });
  },
  ask: (button, section) => {
    const text = button.dataset.text || valueOf(section, "text");
    if (!text) return section.querySelector('[name="text"]')?.focus();
    const { matter = "", guide = "", chosen } = button.dataset;
    act({ do: "ask", text, matter, guide, chosen: chosen !== undefined });
  },
  matter: (button) => act({ do: "matter", group: button.dataset.group, matter: button.dataset.matter || "" }),
  solved: () => act({ do: "solved" }),
  offer: () => act({ do: "offer" }),
  consent: (button, section) => {
    const yes = button.getAttribute("aria-checked") !== "true";
    button.setAttribute("aria-checked", String(yes));
    section.querySelector('[data-do="hand_over"]').disabled = !yes;
  },
  hand_over: (_, section) => act({
    do: "hand_over",
    consent: section.querySelector('[data-do="consent"]').getAttribute("aria-checked") === "true",
    name: valueOf(section, "name"),
    phone: valueOf(section, "phone"),
  }),
  find: (_, section) => act({ do: "find", number: valueOf(section, "number"), code: valueOf(section, "code") }),
  more: (_, section) => {
    const text = valueOf(section, "more");
    if (!text) return section.querySelector('[name="more"]').focus();
    act({ do: "more", text });
  },
};

function seen() {
  quietSince = Date.now();
  if (!warnedAt && visit && quietSince - pinged > PING_MS) {
    pinged = quietSince;
    tell({ do: "still_here" }).then((reply) => {
      if (reply.screen === "home") { leave().then(() => say(reply.error)); }
    }, () => {});
  }
}

root.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  const section = event.target.closest(".screen") || sections.get(screen);
  if (!button) return aim(event.target.closest(".field"));
  if (button.disabled) return;
  if (button.dataset.key) return press(button.dataset.key, section);
  if (button.dataset.go) { say(""); if (screen !== button.dataset.go) go(button.dataset.go, null); return; }
  deeds[button.dataset.do]?.(button, section);
});
root.addEventListener("input", (event) => { if (event.target.name === "number") event.target.value = shaped(event.target); });
root.addEventListener("focusin", (event) => aim(event.target.closest(".field")));
root.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || !event.target.matches("textarea, input")) return;
  event.preventDefault();
  const section = event.target.closest(".screen");
  const name = { text: "ask", more: "more", code: "find" }[event.target.name];
  if (name) section.querySelector(`[data-do="${name}"]:not([data-text])`)?.click();
});
root.addEventListener("scroll", hint, true);
root.addEventListener("toggle", hint, true); // does not bubble
root.addEventListener("contextmenu", (event) => event.preventDefault());
window.addEventListener("resize", hint);
for (const kind of ["pointerdown", "keydown", "input", "wheel"]) root.addEventListener(kind, seen, { capture: true, passive: true });
root.addEventListener("scroll", seen, { capture: true, passive: true });

setInterval(() => {
  const home = screen === "home" && !valueOf(sections.get("home"), "text");
  if (home || screen === "unset" || !screen) { quietSince = Math.max(quietSince, Date.now() - idleMs / 2); return; }
  const now = Date.now();
  const patience = screen === "slip" ? 3 * idleMs : idleMs; // who copies two numbers by hand touches nothing
  if (!warnedAt && now - quietSince >= patience) {
    warnedAt = now;
    still.hidden = false;
    still.querySelector("button").focus();
  }
  if (warnedAt) {
    const left = Math.ceil(WARN_SECONDS - (now - warnedAt) / 1000);
    still.querySelector("[data-count]").textContent = String(Math.max(0, left));
    if (left <= 0) leave();
  }
}, 250);

// While nobody uses it the first screen renews itself: a day begins, an advisor changes, the setting up is done.
let renewed = Date.now();
setInterval(() => {
  const every = screen === "unset" ? 5000 : 600000;
  if (!["home", "unset"].includes(screen) || busy || Date.now() - renewed < every || valueOf(sections.get(screen), "text")) return;
  renewed = Date.now();
  start();
}, 2500);

start();
