/**
 * A part of a page in the place of an older one, under a hand: what says nothing new is left alone, and in what does,
 * that which somebody has opened, typed, revealed, scrolled to or stands on stays.
 */

const FIELDS = "input, select, textarea";
const STOOD_ON = "a[href], button, input, select, textarea, summary, [tabindex]";

/** Each part as the server said it last. @type {Map<string, string>} */
const said = new Map();

/** What was chosen and is on its way, by its newest choice: a page made before that came there says nothing of it.
 * @type {Map<string, symbol>} */
const onTheWay = new Map();

/** @param {HTMLElement} field  which acts at once @returns {() => void} once pages tell of it */
export function keepChosen(field) {
  const [sign, choice] = [signOf(field), Symbol("choice")];
  onTheWay.set(sign, choice);
  return () => {
    if (onTheWay.get(sign) === choice) onTheWay.delete(sign);
  };
}

/** @param {HTMLElement} part  as it came with the page */
export function asServed(part) {
  said.set(part.dataset.part ?? "", part.outerHTML);
}

/** @param {HTMLElement} part @param {HTMLElement} newer */
export function renew(part, newer) {
  const [name, words] = [part.dataset.part ?? "", newer.outerHTML];
  if (said.get(name) === words) return asBefore(part);
  said.set(name, words);
  carryOpened(part, newer);
  carryTyped(part, newer);
  carryChosen(part, newer);
  carryRevealed(part, newer);
  const stood = placeIn(part);
  const { scrollTop } = part;
  part.replaceWith(newer);
  newer.scrollTop = scrollTop;
  if (stood) findIn(newer, stood)?.focus({ preventScroll: true });
}

/** What acts at once shows what the server knows, also where it has refused; what waits for its form's button stays.
 * @param {HTMLElement} part */
function asBefore(part) {
  for (const field of fieldsOf(part)) {
    if (field.form || onTheWay.has(signOf(field))) continue;
    if (field.type === "checkbox") field.checked = field.defaultChecked;
    for (const option of field.options ?? []) option.selected = option.defaultSelected;
  }
}

/** @param {HTMLElement} part @returns {any[]} */
const fieldsOf = (part) => [...part.querySelectorAll(FIELDS)];

/** @param {HTMLElement} part @param {HTMLElement} newer */
function carryOpened(part, newer) {
  const opened = [...part.querySelectorAll("details[open] > summary")].map((summary) => summary.textContent);
  for (const summary of newer.querySelectorAll("details > summary")) {
    if (opened.includes(summary.textContent)) summary.closest("details")?.setAttribute("open", "");
  }
}

/** @param {HTMLElement} part @param {HTMLElement} newer */
function carryTyped(part, newer) {
  for (const field of fieldsOf(part)) {
    const same = fieldsOf(newer).find((other) => other.form && field.form && other.name === field.name);
    if (!same || same.type === "file" || field.value === field.defaultValue) continue;
    same.value = field.value;
    if (same.selectedIndex < 0) same.selectedIndex = 0; // what was chosen is no choice any more
  }
}

/** @param {HTMLElement} part @param {HTMLElement} newer */
function carryChosen(part, newer) {
  for (const field of fieldsOf(part).filter((one) => onTheWay.has(signOf(one)))) {
    const same = fieldsOf(newer).find((other) => signOf(other) === signOf(field));
    if (same) [same.value, same.checked] = [field.value, field.checked];
  }
}

/** Who asked for a number is written down each time: once is enough. @param {HTMLElement} part @param {HTMLElement} newer */
function carryRevealed(part, newer) {
  for (const place of /** @type {NodeListOf<HTMLElement>} */ (part.querySelectorAll("[data-revealed]"))) {
    const { holder, id } = place.dataset;
    const same = newer.querySelector(`[data-holder="${CSS.escape(holder ?? "")}"][data-id="${CSS.escape(id ?? "")}"]`);
    const shown = place.querySelector("ul");
    if (!same || !shown) continue;
    same.setAttribute("data-revealed", "");
    same.querySelector("ul")?.replaceWith(shown);
    same.querySelector("[data-act=reveal]")?.remove();
  }
}

/** @param {Element} one  what tells it from its neighbours */
const signOf = (one) => `${one.tagName} ${one.id} ${one.getAttribute("name")} ${one.getAttribute("href")} ${JSON.stringify(/** @type {HTMLElement} */ (one).dataset)}`;

/** @param {HTMLElement} part @returns {{sign: string, nth: number}|null} what is stood on with the keyboard */
function placeIn(part) {
  const active = document.activeElement;
  if (!active || !part.contains(active)) return null;
  const sign = signOf(active);
  const alike = standing(part).filter((one) => signOf(one) === sign);
  return { sign, nth: alike.indexOf(/** @type {HTMLElement} */ (active)) };
}

/** @param {HTMLElement} part @param {{sign: string, nth: number}} stood @returns {HTMLElement|undefined} */
const findIn = (part, { sign, nth }) => standing(part).filter((one) => signOf(one) === sign)[Math.max(nth, 0)];

/** @param {HTMLElement} part @returns {HTMLElement[]} with itself */
const standing = (part) => [part, .../** @type {NodeListOf<HTMLElement>} */ (part.querySelectorAll(STOOD_ON))];
