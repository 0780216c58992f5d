/**
 * What every page beside the desk has: the feed, how fresh it is, what rings, the top bar, a word after an act.
 * A page's own module imports `page` and is the page's only script:
 *
 *   import { page } from "./page.js";
 *   page.onEvent("device_added", (device) => …);   // events of the feed, as they come
 *   page.onEvent("resync", () => …);                // something may have been missed: ask for all of it anew
 *   page.onTick((isStale) => …);                   // once a second: ages, which are "—" when stale
 *   page.say(t("…"));                              // a toast
 */
import { holdActs } from "./acting.js";
import { Alarms } from "./alarms.js";
import { Freshness } from "./chips.js";
import { Commands } from "./commands.js";
import { byId, setText } from "./dom.js";
import { everywhere } from "./everywhere.js";
import { Feed } from "./feed.js";
import { Keys } from "./keys.js";
import { openNavigation } from "./navigation.js";
import { PageSound } from "./page_sound.js";
import { openProbe } from "./probe.js";
import { Ringing } from "./ringing.js";
import { ServerTime } from "./server_time.js";
import { Session } from "./session.js";
import { openSignOut } from "./signing_out.js";
import { Strips } from "./strips.js";
import { openTelling } from "./telling.js";
import { toggleTheme } from "./theme.js";
import { Watchdog } from "./watchdog.js";
import { t } from "./words.js";

const TICK_MS = 250;
const TOAST_MS = 6000;

class Page {
  constructor() {
    this.time = new ServerTime();
    this.session = new Session({ time: this.time, toDoor: () => this.signIn(), onOver: () => this.watchdog.turn("stale") });
    this.alarms = new Alarms();
    this.ringing = new Ringing();
    this.strips = new Strips();
    this.freshness = new Freshness();
    this.watchdog = new Watchdog(() => this.onLink());
    /** @type {import("./types.js").Health|null} */
    this.health = null;
    /** @type {Map<string, ((data: any) => void)[]>} */
    this.listeners = new Map();
    /** @type {((isStale: boolean) => void)[]} */
    this.tickers = [];
    this.isBlind = false;
    this.isBehind = false;
    this.isFaultUntaken = false;
    this.secondAt = 0;
    /** @type {number|undefined} */
    this.toastTimer = undefined;
    openNavigation();
    openTelling();
    byId("theme").addEventListener("click", toggleTheme);
    openSignOut();
    this.isAllowed = document.body.dataset.canAcknowledge === "true";
    this.sound = this.isAllowed ? new PageSound({ time: this.time, alarms: this.alarms, shown: () => this.ringing.alarm }) : null;
    this.commands = new Commands({
      alarms: this.alarms,
      isAllowed: this.isAllowed,
      isLive: () => this.watchdog.link === "live" || this.watchdog.link === "slow",
      onAnswer: () => this.showAlarms(),
      say: (text) => this.say(text),
    });
    this.openKeys();
    byId("retry").addEventListener("click", () => this.feed.retry());
    this.feed = new Feed((message) => this.take(message));
    setInterval(() => this.tick(), TICK_MS);
    openProbe(() => ({
      audio: this.sound?.sound.state ?? "", tone: this.sound?.sound.playingPattern ?? "", link: this.watchdog.link,
      seq: this.alarms.seq, painted: null, sounded: null, screenId: "",
    })); // prettier-ignore
  }

  /** Space takes the first call over from wherever one is; where nothing rings it scrolls, as ever. */
  openKeys() {
    const first = () => this.alarms.firstRinging();
    const acknowledge = () => {
      const alarm = first();
      if (!alarm || !this.isAllowed) return false;
      void this.commands.acknowledge(alarm);
      return true;
    };
    const actions = { ...everywhere(), Space: acknowledge, KeyM: () => this.sound?.sound.silence() };
    new Keys(actions, byId("letters-off"), true);
    for (const button of document.querySelectorAll("#keys [data-close]")) {
      button.addEventListener("click", () => byId("keys").close());
    }
  }

  get isStale() {
    return this.watchdog.link === "stale";
  }

  /** What is shown may not be what is: the link is lost, or the page's own parts could not be had. */
  get isOld() {
    return this.isStale || this.isBehind;
  }

  /** @param {string} name  an event of the feed, "snapshot", "first" or "resync" @param {(data: any) => void} use */
  onEvent(name, use) {
    this.listeners.set(name, [...(this.listeners.get(name) ?? []), use]);
  }

  /** @param {(isStale: boolean) => void} use  called once a second, and when the link changes */
  onTick(use) {
    this.tickers.push(use);
  }

  /** The page's own parts came, or did not. @param {boolean} isBehind */
  turnOld(isBehind) {
    if (isBehind) this.say(t("live.behind"));
    if (isBehind === this.isBehind) return;
    this.isBehind = isBehind;
    this.secondAt = 0;
    this.tick();
  }

  /** @param {string} text */
  say(text) {
    clearTimeout(this.toastTimer);
    setText(byId("toast"), text);
    this.toastTimer = setTimeout(() => setText(byId("toast"), ""), TOAST_MS);
  }

  /** @param {import("./types.js").FeedMessage} message */
  take(message) {
    if (message.type === "tick") this.tick();
    else if (message.type === "signed_out") this.session.end();
    else if (message.type === "snapshot") this.load(message.data, message.isAnew || this.isStale);
    else {
      if (!message.isAgain) this.hear(message);
      this.event(message.name, message.data);
    }
  }

  signIn() {
    location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
  }

  /** @param {{name: string, data: any}} message */
  hear({ name, data }) {
    this.watchdog.check(); // what waited while the page was asleep is no sign of life of now
    if (this.isStale) {
      if (name === "beat") this.feed.load();
      return;
    }
    this.watchdog.hear();
    if (name === "beat") this.time.hear(data.now);
  }

  /** @param {any} snapshot @param {boolean} isAnew  what came before it was not all */
  load(snapshot, isAnew) {
    const isFirst = !this.alarms.isLoaded;
    this.time.forget();
    this.time.hear(snapshot.now);
    this.session.hear(snapshot);
    this.alarms.load(snapshot);
    this.health = snapshot.health;
    this.watchdog.renew();
    document.body.classList.remove("loading");
    this.secondAt = 0;
    this.tell("snapshot", snapshot);
    if (isFirst) this.tell("first", snapshot);
    else if (isAnew) this.tell("resync", { reason: "anew" });
    this.showAlarms();
    this.tick();
  }

  /** @param {string} name @param {any} data */
  event(name, data) {
    if (name === "beat") this.health = data.health;
    else if (name === "alarm" && this.alarms.hear(data)) this.showAlarms();
    this.tell(name, data);
  }

  /** @param {string} name @param {any} data */
  tell(name, data) {
    for (const use of this.listeners.get(name) ?? []) use(data);
  }

  showAlarms() {
    this.ringing.show(this.alarms, this.isStale);
    this.ringing.tick(this.time, this.isStale);
    this.sound?.show(this.isFaultUntaken);
  }

  onLink() {
    document.body.classList.toggle("stale", this.isStale);
    holdActs(this.isOld);
    if (this.isStale) document.body.classList.remove("loading");
    this.secondAt = 0;
    this.showAlarms();
    this.tick();
  }

  /** Pages that show devices ask for them anew: nobody knows now how they are. @param {boolean} isBlind */
  showBlind(isBlind) {
    this.freshness.isBlind = isBlind;
    if (isBlind === this.isBlind) return;
    this.isBlind = this.ringing.isBlind = isBlind;
    this.showAlarms();
    this.tell("resync", { reason: "blind" });
  }

  tick() {
    if (!this.feed) return;
    this.watchdog.check();
    this.freshness.show(this.watchdog);
    const isBroken = this.strips.showHealth(this.isStale ? null : this.health);
    this.isFaultUntaken = this.isStale || (isBroken && !this.alarms.isFaultTaken());
    this.strips.showSound(this.sound?.sound.state === "blocked" && (this.isStale || this.alarms.sounding().length > 0));
    this.sound?.show(this.isFaultUntaken);
    this.showBlind(Boolean(this.health?.blind_since_at));
    document.body.classList.toggle("behind", this.isBehind);
    holdActs(this.isOld);
    const second = Math.floor(this.time.now() / 1000);
    if (second === this.secondAt) return;
    this.secondAt = second;
    const stoppedAt = this.watchdog.stoppedAt + this.time.offsetMs;
    this.session.show();
    this.strips.showLink({ isStale: this.isStale, stoppedAt, emergencies: this.alarms.emergencies() });
    this.ringing.tick(this.time, this.isStale);
    for (const use of this.tickers) use(this.isOld);
  }
}

export const page = new Page();
