/** The form's fields: read, filled in again, and made into what the server is asked. */

const CLASSES = { camera: "camera", mast: "camera", bell: "bell", gong: "gong" };
const NUMBERS = ["latitude", "longitude", "retention_days", "test_interval_days"];
const TEXTS = [
  "name", "place", "position", "group_id", "site_id", "location_kind", "establishment_kind", "serial", "custodian_id",
  "power_feeder", "network_provider", "street_address", "maker", "model", "installed_on", "adapter", "address", "consent",
  "supervision_hours",
]; // prettier-ignore
const TICKS = ["is_notice_posted", "has_own_password"];

/** @param {HTMLFormElement} form @returns {Record<string, any>} name → text, or boolean of a tick */
export function read(form) {
  /** @type {Record<string, any>} */
  const fields = {};
  for (const field of /** @type {any} */ (form.elements)) {
    if (!field.name) continue;
    if (field.type === "checkbox") fields[field.name] = field.checked;
    else if (field.type === "radio") fields[field.name] = field.checked ? field.value : (fields[field.name] ?? "");
    else if (!("unset" in field.dataset)) fields[field.name] = field.value.trim();
  }
  return fields;
}

/** @param {HTMLFormElement} form @param {Record<string, any>} fields */
export function fill(form, fields) {
  for (const field of /** @type {any} */ (form.elements)) {
    if (!field.name) continue;
    const value = fields[field.name];
    if (field.type === "checkbox") field.checked = value === true;
    else if (field.type === "radio") field.checked = value === undefined ? field.defaultChecked : field.value === value;
    else if (field.tagName === "SELECT") choose(field, value ?? "");
    else if (value !== undefined) field.value = value;
    else if (!("unset" in field.dataset)) field.value = field.defaultValue;
  }
}

/** A choice that is not in the list (yet) is put into it: the list may come later, or never, without a network.
 * @param {HTMLSelectElement} select @param {string} value @param {string} [word] */
export function choose(select, value, word) {
  if (value && ![...select.options].some((option) => option.value === value)) select.add(new Option(word ?? value, value));
  select.value = value || [...select.options].find((option) => option.defaultSelected)?.value || "";
}

/** What `POST /api/v1/devices` takes.
 * @param {Record<string, any>} fields @param {string} key @param {HTMLFormElement} form */
export function toBody(fields, key, form) {
  const kind = fields.kind;
  const meant = (/** @type {string} */ name) => fields[name] !== "" && fields[name] !== undefined && isFor(form, name, kind);
  /** @type {Record<string, any>} */
  const body = { request_id: key, class: CLASSES[/** @type {keyof typeof CLASSES} */ (kind)], is_high_mast: kind === "mast" };
  for (const name of TEXTS) if (meant(name)) body[name] = fields[name];
  for (const name of NUMBERS) if (meant(name)) body[name] = decimal(fields[name]);
  for (const name of TICKS) if (fields[name] && isFor(form, name, kind)) body[name] = true;
  if (meant("bearing_deg")) body.bearing_deg = Number(fields.bearing_deg);
  if (kind === "bell") body.is_silent_at_site = fields.is_silent_at_site !== "false";
  if (kind === "mast" && !body.location_kind) body.location_kind = "high_mast";
  if (body.site_id) delete body.location_kind;
  if (fields.is_planned) body.lifecycle = "PLANNED";
  return body;
}

/** Whether a field is asked of this kind of device.
 * @param {HTMLFormElement} form @param {string} name @param {string} kind */
function isFor(form, name, kind) {
  const field = /** @type {HTMLElement|null} */ (form.querySelector(`[name="${name}"]`));
  const kinds = /** @type {HTMLElement|null|undefined} */ (field?.closest("[data-for]"))?.dataset.for;
  return !kinds || kinds.split(" ").includes(kind);
}

/** "11,772" as people write it, and 11.772. @param {string} text */
export const decimal = (text) => Number(String(text).replace(",", "."));
