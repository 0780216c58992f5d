/** What is typed and not sent yet outlives its page: an end that somebody else made, a key too much, a session that ended. */

const FIELDS = "main form :is(input[type=text], input:not([type]), textarea)";

/** Puts back what was kept, and keeps what is there when the page goes.
 * @param {string} key  of this page @param {string} rest  the id of the field that takes what has no field any more
 * @returns {boolean} whether something was put back */
export function keepDrafts(key, rest) {
  const kept = JSON.parse(sessionStorage.getItem(key) ?? "{}");
  sessionStorage.removeItem(key);
  for (const [name, text] of Object.entries(kept)) put(name, text, rest);
  addEventListener("pagehide", () => {
    const typed = fields().map((field) => [field.name, field.value.trim()]);
    const words = Object.fromEntries(typed.filter(([, text]) => text));
    if (Object.keys(words).length) sessionStorage.setItem(key, JSON.stringify(words));
  });
  return Object.keys(kept).length > 0;
}

/** What the server has is no draft any more. @param {object} body  of what was sent */
export function settleDrafts(body) {
  const sent = Object.values(body);
  for (const field of fields()) if (field.value && sent.includes(field.value)) field.value = "";
}

/** @returns {HTMLInputElement[]} */
const fields = () => [.../** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll(FIELDS))];

/** @param {string} name @param {string} text @param {string} rest */
function put(name, text, rest) {
  const field = fields().find((one) => one.name === name) ?? /** @type {HTMLInputElement|null} */ (document.getElementById(rest));
  if (field) field.value = field.value ? `${field.value} · ${text}` : text;
}
