/** `/register`: one form in two steps; saved on the phone as it is filled in, sent when there is a network, once. */
import { byId, field, made, setText } from "./dom.js";
import { page } from "./page.js";
import { Bearing } from "./register_bearing.js";
import { fill, read, toBody } from "./register_fields.js";
import { Outbox } from "./register_outbox.js";
import { Photo } from "./register_photo.js";
import { Place } from "./register_place.js";
import { openScanner } from "./register_scan.js";
import { newKey, Store } from "./register_store.js";
import { Twins } from "./register_twins.js";
import { t } from "./words.js";

const SAVE_MS = 300;
const form = /** @type {HTMLFormElement} */ (byId("form"));
const user = byId("outbox").dataset.user ?? "";
const store = new Store();
let key = newKey();
/** @type {number|undefined} */
let saving;
let isSending = false;

const twins = new Twins(same);
const photo = new Photo(changed);
const bearing = new Bearing(changed);
const place = new Place(form, changed);
const outbox = new Outbox({ store, user, onSent: sent, onOpen: open, onDropped: dropped });

/** @returns {Record<string, any>} */
const fields = () => ({ ...read(form), accuracy: place.fix?.accuracy });

function changed() {
  showKind();
  twins.look(fields());
  clearTimeout(saving);
  saving = setTimeout(save, SAVE_MS);
}

/** @param {import("./register_store.js").Entry["state"]} [state] */
async function save(state = "draft") {
  clearTimeout(saving);
  if (isSending) return;
  try {
    const entry = entryOf(state, fields(), null);
    await store.put(entry);
    setText(byId("saved"), t("register.saved"));
  } catch {
    setText(byId("saved"), t("register.not_saved"));
  }
}

/** @param {import("./register_store.js").Entry["state"]} state @param {Record<string, any>} given
 * @param {Record<string, any>|null} body @returns {import("./register_store.js").Entry} */
function entryOf(state, given, body) {
  return { key, user, state, fields: given, body, photo: photo.blob, deviceId: null, problem: "", at: Date.now() };
}

function showKind() {
  const kind = read(form).kind;
  for (const part of /** @type {NodeListOf<HTMLElement>} */ (form.querySelectorAll("[data-for]"))) {
    if (part.id !== "site-field") part.hidden = !(part.dataset.for ?? "").split(" ").includes(kind);
  }
}

/** @param {number} step */
function go(step) {
  document.body.dataset.step = String(step);
  setText(byId("step-no"), String(step));
  scrollTo({ top: 0 });
}

/** Says what is missing, in its place; true where nothing is. */
async function isComplete() {
  // Both may still be on their way when "next" is pressed: nobody is told to choose a group that is just being proposed.
  await Promise.all([place.proposed, twins.lookNow(fields())]);
  const { name, group_id, kind, is_outside_meant } = read(form);
  const missing = { name: !name, group: !group_id && kind !== "mast" };
  complain("name", form.elements.namedItem("name"), missing.name);
  complain("group", byId("group"), missing.group);
  if (missing.name || missing.group) {
    /** @type {HTMLElement} */ (missing.group ? byId("group") : form.elements.namedItem("name")).focus();
    return false;
  }
  if (twins.isOpen) return ask(byId("twin-other"), "register.answer_twin");
  const outside = byId("outside");
  if (!outside.hidden && !is_outside_meant) return ask(outside.querySelector("input"), "register.answer_outside");
  return true;
}

/** @param {string} name @param {any} input @param {boolean} isWrong */
function complain(name, input, isWrong) {
  setText(byId(`${name}-wrong`), isWrong ? t(`register.missing.${name}`) : "");
  if (isWrong) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
}

/** @param {HTMLElement} where @param {string} word */
function ask(where, word) {
  where.scrollIntoView({ block: "center" });
  where.focus();
  page.say(t(word));
  return false;
}

async function send() {
  if (isSending) return;
  isSending = true;
  if (!(await isComplete())) {
    isSending = false;
    return go(1);
  }
  clearTimeout(saving);
  const all = fields();
  const known = place.establishments.find((each) => each.name === all.place);
  const body = toBody(all, key, form);
  if (known) Object.assign(body, { establishment_id: known.id, establishment_kind: undefined });
  const entry = entryOf("waiting", all, body);
  try {
    await outbox.add(entry);
  } catch {
    isSending = false;
    return setText(byId("saved"), t("register.not_saved"));
  }
  const left = await store.get(entry.key);
  startAnew();
  if (left?.state === "waiting") page.say(t("register.kept"));
  if (left?.state === "refused") open(left);
}

/** @param {any} device  as the server answered */
function sent(device) {
  const card = byId("done");
  keepSecret(card);
  card.hidden = false;
  card.dataset.device = device.id;
  setText(byId("done-title").querySelector("span"), t("register.done", { id: device.id }));
  setText(field(card, "what"), [device.name, device.group_name].filter(Boolean).join(" · "));
  setText(field(card, "topic"), `${device.adapter}: ${device.address}`);
  field(card, "secret").hidden = !device.secret;
  setText(field(card, "secret"), device.secret ? t("register.secret", { secret: device.secret }) : "");
  const label = /** @type {HTMLFormElement} */ (byId("label")).elements;
  /** @type {HTMLInputElement} */ (label.namedItem("id")).value = device.id;
  /** @type {HTMLInputElement} */ (label.namedItem("secret")).value = device.secret ?? "";
  byId("done-title").focus();
}

/** It is registered, and something of it could not be sent: that stays in sight too. @param {string} why */
function dropped(why) {
  byId("done").hidden = false;
  byId("done-before").append(made("li", why));
  page.say(why);
}

/** What is told once stays in sight when the next device of the outbox is sent. @param {HTMLElement} card */
function keepSecret(card) {
  const secret = field(card, "secret").textContent;
  if (card.hidden || !secret) return;
  byId("done-before").append(made("li", `${card.dataset.device} · ${secret}`));
}

/** @param {any} device */
async function same(device) {
  await store.remove(key);
  startAnew();
  page.say(t("register.is_known", { id: device.id }));
}

/** @param {import("./register_store.js").Entry} entry */
async function open(entry) {
  if (entry.key !== key) await (hasWords() ? save("later") : store.remove(key));
  // What was refused has made nothing; put right, it is another request.
  key = entry.state === "refused" ? newKey() : entry.key;
  if (key !== entry.key) await store.remove(entry.key);
  take(entry);
  await save();
  if (entry.problem) setText(byId("saved"), t("register.refused", { why: entry.problem }));
  await outbox.show();
}

/** @param {{fields: Record<string, any>, photo: Blob|null}} entry */
function take({ fields: given, photo: blob }) {
  isSending = false;
  fill(form, given);
  bearing.resume(given.bearing_deg);
  photo.show(blob);
  twins.forget();
  place.resume(given);
  showKind();
  go(1);
}

const hasWords = () => ["name", "serial", "latitude"].some((name) => Boolean(read(form)[name]));

function startAnew() {
  key = newKey();
  take({ fields: { kind: read(form).kind }, photo: null });
  setText(byId("saved"), "");
}

async function setAside() {
  if (!hasWords()) return page.say(t("register.nothing_to_keep"));
  await save("later");
  startAnew();
  await outbox.show();
  page.say(t("register.set_aside"));
}

async function keepPageForLater() {
  if (!navigator.serviceWorker) return;
  await navigator.serviceWorker.register(byId("outbox").dataset.worker, { scope: "/register" });
  const { active } = await navigator.serviceWorker.ready;
  const loaded = performance.getEntriesByType("resource").map(({ name }) => name);
  const own = loaded.filter((address) => address.startsWith(`${location.origin}/static/`));
  active?.postMessage({ type: "keep", addresses: own });
}

async function start() {
  form.addEventListener("input", changed);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  byId("next").addEventListener("click", async () => (await isComplete()) && go(2));
  byId("back").addEventListener("click", () => go(1));
  byId("later").addEventListener("click", setAside);
  byId("one-more").addEventListener("click", () => {
    byId("done").hidden = true;
    byId("done-before").replaceChildren();
    place.locate();
  });
  openScanner((text) => {
    byId("serial").value = text;
    changed();
  });
  const known = Object.fromEntries(new URLSearchParams(location.search));
  const draft = known.address ? null : (await store.all()).reverse().find((entry) => entry.state === "draft" && entry.user === user);
  if (draft) {
    key = draft.key;
    take(draft);
    if (hasWords()) setText(byId("saved"), t("register.resumed"));
  } else {
    // From the list of what is heard and not registered: the draft of another one waits for the next visit.
    if (known.address) fill(form, { ...read(form), ...known });
    go(1);
  }
  showKind();
  document.body.dataset.ready = "yes";
  await outbox.send();
  if (document.readyState !== "complete") await new Promise((done) => addEventListener("load", done, { once: true }));
  await keepPageForLater();
}

start();
