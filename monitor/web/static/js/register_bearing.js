/** Which way the eye looks: by the slider, or by holding the phone that way. Degrees clockwise from north. */
import { byId, setText } from "./dom.js";
import { t } from "./words.js";

const WINDS = ["n", "ne", "e", "se", "s", "sw", "w", "nw"];
const READINGS = 12;

export class Bearing {
  /** @param {() => void} onChange */
  constructor(onChange) {
    this.slider = byId("bearing");
    this.onChange = onChange;
    this.slider.addEventListener("input", () => this.set(Number(this.slider.value)));
    byId("compass").hidden = !("DeviceOrientationEvent" in window) || !matchMedia("(pointer: coarse)").matches;
    byId("compass").addEventListener("click", () => this.turn());
  }

  /** @param {number} degrees */
  set(degrees) {
    delete this.slider.dataset.unset;
    this.slider.value = String(Math.round(degrees) % 360);
    this.show();
    this.onChange();
  }

  /** @param {string|undefined} value  of a draft */
  resume(value) {
    if (value === undefined || value === "") this.slider.dataset.unset = "";
    else delete this.slider.dataset.unset;
    this.slider.value = value || "0";
    this.show();
  }

  show() {
    const isSet = !("unset" in this.slider.dataset);
    const degrees = Number(this.slider.value);
    const wind = WINDS[Math.round(degrees / 45) % 8];
    const words = isSet ? `${degrees}° · ${t(`register.wind.${wind}`)}` : t("register.not_set");
    setText(byId("bearing-out"), words);
    this.slider.setAttribute("aria-valuetext", words);
    const dial = byId("dial");
    dial.classList.toggle("set", isSet);
    for (const part of dial.querySelectorAll(".cone, .hand")) part.setAttribute("transform", `rotate(${degrees})`);
  }

  async turn() {
    const orientation = /** @type {any} */ (window).DeviceOrientationEvent;
    if (orientation.requestPermission && (await orientation.requestPermission()) !== "granted") return;
    let left = READINGS;
    const name = "ondeviceorientationabsolute" in window ? "deviceorientationabsolute" : "deviceorientation";
    const hear = (/** @type {any} */ event) => {
      const degrees = event.webkitCompassHeading ?? (event.absolute && event.alpha !== null ? 360 - event.alpha : null);
      if (degrees !== null) this.set((degrees + 360) % 360);
      if (--left <= 0) removeEventListener(name, hear);
    };
    addEventListener(name, hear);
  }
}
