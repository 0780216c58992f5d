/** Finding and filling the parts of the page. */

/**
 * @param {string} id
 * @returns {any} the element, whose own kind the caller knows
 */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found;
}

/** Writes only what is new: an unchanged text costs no layout and no word from a screen reader.
 * @param {Element} node @param {string} text */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** @param {Element} node @param {string} name @param {string|null} value  null: without the attribute */
export function setAttribute(node, name, value) {
  if (value === null) node.removeAttribute(name);
  else if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}

/** @param {ParentNode} root @param {string} name @returns {any} */
export function field(root, name) {
  return root.querySelector(`[data-field="${name}"]`);
}

/** A fresh copy of a `<template>`'s only element.
 * @param {string} id @returns {HTMLElement} */
export function fromTemplate(id) {
  return byId(id).content.firstElementChild.cloneNode(true);
}

/** @param {Element} svg  a `<svg><use>` @param {string} id */
export function useShape(svg, id) {
  const use = svg.querySelector("use");
  if (use) setAttribute(use, "href", `#${id}`);
}

/** @param {Element} svg @param {{priority: number|string, isFull: boolean}} sign */
export function showPriority(svg, { priority, isFull }) {
  useShape(svg, `shape-${priority}`);
  setAttribute(svg, "data-priority", String(priority));
  svg.classList.toggle("full", isFull);
}

/** @param {string} tag @param {string} text @param {string} [className] */
export function made(tag, text, className) {
  const node = document.createElement(tag);
  node.textContent = text;
  if (className) node.className = className;
  return node;
}

/** Which `[data-act]` was pressed, in a list where presses are caught at its root.
 * @param {Event} event @returns {string|undefined} */
export function actOf(event) {
  const target = /** @type {Element} */ (event.target);
  return /** @type {HTMLElement|null} */ (target.closest("[data-act]"))?.dataset.act;
}
