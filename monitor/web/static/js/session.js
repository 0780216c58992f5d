/**
 * How long one stays signed in. The end is told ahead; one that nobody wanted leaves the page where it is, stale and
 * sounding, for a door that nobody stands before would be silent all night. A new way in by another tab ends that.
 */
import { byId, setText } from "./dom.js";
import { hour, t } from "./words.js";

const AHEAD_MS = 15 * 60 * 1000;
const NEAR_MS = 3000;

export class Session {
  /** @param {{time: import("./server_time.js").ServerTime, toDoor: () => void, onOver: () => void}} given */
  constructor({ time, toDoor, onOver }) {
    this.time = time;
    this.toDoor = toDoor;
    this.onOver = onOver;
    this.strip = byId("session-strip");
    /** @type {number|null} Unix ms; null: nobody has said */
    this.endsAt = null;
    this.tabs = new BroadcastChannel("chuong.session"); // they share the cookie, and not always the feed
    this.tabs.onmessage = ({ data }) => {
      if (this.endsAt !== null && data > this.endsAt) this.endsAt = data;
      this.show();
    };
    addEventListener("signed-out", () => this.end());
    this.who = byId("me").textContent ?? "";
    this.people = new BroadcastChannel("chuong.who");
    this.people.onmessage = ({ data }) => this.insistOn(data);
    this.people.postMessage(this.who);
  }

  /** Somebody else signed in at this browser, perhaps in another tab: what is done here would be theirs, under a name that
   * is no more true, with another's rights. The page comes anew. @param {string} name */
  insistOn(name) {
    if (name !== this.who) location.reload();
  }

  /** @param {{session_ends_at: string|null, user: {name: string}}} snapshot */
  hear({ session_ends_at: endsAt, user }) {
    this.insistOn(user.name);
    this.endsAt = endsAt ? Date.parse(endsAt) : null;
    if (this.endsAt) this.tabs.postMessage(this.endsAt);
    this.show();
  }

  /** Whether it is time to sign in again. */
  isEnding() {
    return this.endsAt !== null && this.endsAt - this.time.now() <= AHEAD_MS;
  }

  /** Once a second. */
  show() {
    const now = this.time.now();
    this.strip.hidden = !this.isEnding();
    if (this.strip.hidden || this.endsAt === null) return;
    const isOver = this.endsAt <= now;
    setText(byId("session-words"), t(isOver ? "session.over" : "session.ends", { time: hour(this.endsAt) }));
  }

  /** The server lets this browser in no more. Whoever signed out, or was shut out, goes to the door. */
  end() {
    if (this.endsAt === null || this.endsAt - this.time.now() > NEAR_MS) return this.toDoor();
    this.onOver();
    this.show();
  }
}
