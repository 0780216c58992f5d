/** Accounts: each act asks once, is written down, and what was refused says why. */
import { page } from "./page.js";
import { ask } from "./api.js";
import { actOf, byId, field, fromTemplate, setText } from "./dom.js";
import { ago, number, t } from "./words.js";

const form = byId("change-form");
/** @type {{act: string, name: string}} */
let open = { act: "add", name: "" };
/** @type {any[]} */
let users = [];

async function look() {
  const { status, data } = await ask("users");
  byId("again").hidden = status === 200;
  if (status !== 200) return setText(byId("nothing-words"), t("users.problem"));
  users = data.items;
  byId("nothing").hidden = true;
  byId("table").hidden = false;
  setText(byId("summary"), t("users.summary", { n: number(users.length) }));
  byId("rows").replaceChildren(...users.map(row));
}

/** @param {any} user */
function row(user) {
  const line = fromTemplate("user");
  line.dataset.user = user.name;
  setText(field(line, "name"), user.name);
  setText(field(line, "role"), t(`role.${user.role}`));
  setText(field(line, "scope"), user.scope ?? t("users.everywhere"));
  const seconds = user.last_used_at ? (page.time.now() - Date.parse(user.last_used_at)) / 1000 : null;
  setText(field(line, "used"), seconds === null ? t("users.not_in") : ago(seconds));
  setText(field(line, "keys"), t("users.keys", { sessions: number(user.sessions), tokens: number(user.tokens) }));
  for (const button of line.querySelectorAll("button")) button.setAttribute("aria-label", `${button.textContent} ${user.name}`);
  return line;
}

/** @param {string} act @param {any} [user] */
function show(act, user) {
  open = { act, name: user?.name ?? "" };
  form.reset();
  for (const part of form.querySelectorAll("[data-for]")) {
    const isHere = part.dataset.for.split(" ").includes(act);
    part.hidden = !isHere;
    for (const box of part.querySelectorAll("input, select")) box.disabled = !isHere;
  }
  for (const name of ["name", "password"]) form.elements[name].required = !form.elements[name].disabled;
  if (user) {
    form.elements.role.value = user.role;
    form.elements.scope.value = user.scope ?? "";
  }
  setText(byId("change-title"), user ? `${t(`users.title.${act}`)}: ${user.name}` : t("users.new"));
  setText(byId("change-note"), act === "close" || act === "revoke" ? t(`users.note.${act}`) : "");
  setText(byId("change-problem"), "");
  byId("change").showModal();
}

form.addEventListener("submit", async (/** @type {Event} */ event) => {
  event.preventDefault();
  const given = Object.fromEntries(new FormData(form));
  if ("scope" in given) given.scope = String(given.scope).trim() || /** @type {any} */ (null);
  const path = open.act === "add" ? "users" : `users/${encodeURIComponent(open.name)}/${open.act}`;
  byId("change-go").disabled = true;
  const { status, data } = await ask(path, given);
  byId("change-go").disabled = false;
  if (status !== 204) return setText(byId("change-problem"), data?.message ?? t("act.failed"));
  byId("change").close();
  page.say(t("users.done"));
  await look();
});
byId("rows").addEventListener("click", (/** @type {any} */ event) => {
  const act = actOf(event);
  const name = event.target.closest("tr")?.dataset.user;
  if (act) show(act, users.find((user) => user.name === name));
});
byId("new").addEventListener("click", () => show("add"));
byId("again").addEventListener("click", () => look());
for (const button of document.querySelectorAll("#change [data-close]")) button.addEventListener("click", () => byId("change").close());
void look();
