/** The wall: the same feed and the same rules as the desk, for eyes at three metres; it shows, sounds, and takes no hand. */
import { headOf, kindOf, placeOf, rowKindOf, shortStateOf, shortWhereOf, timerStart, titleCryOf, urgencyOf, whereOf } from "./alarm_words.js";
import { ringOf, signNameOf, signOf } from "./alarms.js";
import { Banner } from "./banner.js";
import { byId, field, fromTemplate, setAttribute, setText, showPriority } from "./dom.js";
import { Feed } from "./feed.js";
import { Flood } from "./flood.js";
import { Keys } from "./keys.js";
import { LiveScreen, TICK_MS } from "./live_screen.js";
import { DeviceMap } from "./map.js";
import { openProbe } from "./probe.js";
import { screenToken, signScreenIn } from "./screen_token.js";
import { ScreenWord } from "./screen_word.js";
import { Sound } from "./sound.js";
import { toggleTheme } from "./theme.js";
import { number, stopwatch, t } from "./words.js";

/** @typedef {import("./types.js").Alarm} Alarm */

const MOST_ROWS = 4;
const AGAIN_MS = 60_000;

class Wall extends LiveScreen {
  constructor() {
    super(`/login?next=/wall${location.hash}`);
    this.isSigningIn = false;
    this.banner = new Banner(() => {});
    this.map = new DeviceMap({ model: this.model, alarms: this.alarms, isWall: true });
    this.sound = new Sound({ onState: () => this.showSound(), onMeasured: (keys, atMs) => this.onMeasured(keys, atMs) });
    this.flood = new Flood(() => this.showAlarms());
    /** @type {number|null} */
    this.tested = null;
    this.word = this.isAllowed ? new ScreenWord({ kind: "wall", sound: this.sound, lastTest: () => this.tested }) : null;
    /** @type {Map<number, HTMLElement>} */
    this.rows = new Map();
    new Keys({ KeyW: leave, Escape: leave, KeyT: toggleTheme, KeyM: () => this.sound.silence() });
    document.addEventListener("visibilitychange", () => keepAwake());
    void keepAwake();
    this.feed = new Feed((message) => this.take(message));
    setInterval(() => this.tick(), TICK_MS);
  }

  /** @param {import("./types.js").Snapshot} snapshot @param {boolean} isAnew */
  load(snapshot, isAnew) {
    super.load(snapshot, isAnew);
    this.flood.hear();
    this.showAlarms();
    void this.map.load().then(() => this.map.show());
    this.tick();
  }

  /** @param {string} name @param {any} data */
  event(name, data) {
    if (name === "beat") this.health = data.health;
    else if (name === "alarm" && this.alarms.hear(data)) {
      this.flood.hear();
      this.showAlarms();
    } else if (name === "alarm_count") this.alarms.count(data);
    else if (name === "devices" && this.model.change(data)) this.showFigures();
    else if (name === "device_added") this.model.add(data);
  }

  showAlarms() {
    this.sound.want(this.flood.audible(this.alarms.heard()).map(ringOf));
    this.banner.show(this.alarms, { nowMs: this.time.now(), lastSoundTest: this.tested });
    this.showRows();
    this.showFigures();
    this.map.show();
    const first = this.alarms.emergencies()[0];
    const words = first ? [urgencyOf(first), kindOf(first), placeOf(first), whereOf(first)].join(". ") : "";
    setText(byId("say-now"), this.isStale ? t("live.lost_short") : words);
    document.title = first ? `(1) ${titleCryOf(first)}` : t("nav.wall");
    if (!this.isStale) this.look();
  }

  /** What is not in the banner, most urgent first. */
  showRows() {
    const others = this.alarms.inTab("alarms").filter(({ id }) => id !== this.banner.alarm?.id);
    const most = this.alarms.firstOut() ? MOST_ROWS : MOST_ROWS + 2;
    const shown = others.slice(0, most);
    const rows = shown.map((alarm) => this.row(alarm));
    this.rows = new Map(shown.map(({ id }, at) => [id, rows[at]]));
    byId("rows").replaceChildren(...rows);
    const beyond = others.length - shown.length;
    setText(byId("rows-count"), this.alarms.isLoaded ? number(others.length) : "–");
    byId("rows-none").hidden = !this.alarms.isLoaded || (others.length > 0 && beyond <= 0);
    setText(byId("rows-none"), beyond > 0 ? t("queue.more", { n: number(beyond) }) : t("wall.nothing"));
  }

  /** @param {Alarm} alarm */
  row(alarm) {
    const row = this.rows.get(alarm.id) ?? fromTemplate("wall-row");
    row.dataset.alarm = String(alarm.id);
    showPriority(/** @type {Element} */ (row.querySelector(".shape")), signOf(alarm));
    setText(field(row, "priority"), `${t(`priority.${signNameOf(alarm)}`)}. `);
    setText(field(row, "title"), headOf(alarm));
    setText(field(row, "state"), shortStateOf(alarm));
    const where = [rowKindOf(alarm), shortWhereOf(alarm)].filter(Boolean).join(" · ");
    setText(field(row, "where"), ` · ${where}`);
    return row;
  }

  showFigures() {
    const { kinds } = this.model.figures();
    for (const tile of document.querySelectorAll(".wall-tile")) {
      const kind = String(/** @type {HTMLElement} */ (tile).dataset.kind);
      const figure = kinds.get(kind);
      if (!figure || !this.alarms.isLoaded) continue;
      setText(field(tile, "working"), this.isStale || this.model.isBlind ? "—" : number(figure.working));
      setText(field(tile, "registered"), `/ ${number(figure.registered)}`);
    }
    this.map.draw();
  }

  look() {
    if (document.visibilityState !== "visible") return;
    const shown = this.alarms.sounding().filter(({ id }) => id === this.banner.alarm?.id || this.rows.has(id));
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        for (const alarm of shown) this.receipts.give(alarm, "shown", performance.timeOrigin + performance.now());
      }),
    );
  }

  onLink() {
    super.onLink();
    this.showAlarms();
    this.tick();
  }

  showSound() {
    if (!this.sound) return; // it tells of its state before all is built
    const { state } = this.sound;
    setAttribute(byId("sound"), "data-sound", state);
    const short = { on: "audio.on", silenced: "audio.silenced", blocked: "audio.blocked_short" }[state];
    setText(byId("sound-word"), t(short, { s: number(this.sound.silencedFor_s()) }));
  }

  tick() {
    if (!this.feed) return;
    this.watchdog.check();
    this.freshness.show(this.watchdog);
    this.showSound();
    this.word?.tick();
    this.strips.showSound(this.sound.state === "blocked" && (this.isStale || this.alarms.sounding().length > 0));
    const isBroken = this.strips.showHealth(this.isStale ? null : this.health);
    this.sound.fault(this.isStale || (isBroken && !this.alarms.isFaultTaken()));
    const isBlind = Boolean(this.health?.blind_since_at);
    this.freshness.isBlind = isBlind;
    if (isBlind !== this.model.isBlind) {
      this.model.isBlind = isBlind;
      this.showFigures();
    }
    const second = Math.floor(this.time.now() / 1000);
    if (second !== this.secondAt) {
      this.secondAt = second;
      this.everySecond();
    }
  }

  everySecond() {
    const { isStale, time } = this;
    this.clock.show(time.now());
    this.banner.tick(time, isStale);
    for (const [id, row] of this.rows) {
      const alarm = this.alarms.open.get(id);
      if (alarm) setText(field(row, "timer"), isStale ? "—" : stopwatch(time.since(timerStart(alarm))));
    }
    if (!isStale) this.flood.tick();
    const stoppedAt = this.watchdog.stoppedAt + time.offsetMs;
    this.session.show();
    if (this.session.isEnding()) void this.staySignedIn();
    this.strips.showLink({ isStale, stoppedAt, emergencies: this.alarms.emergencies() });
    if (!this.banner.alarm) this.banner.show(this.alarms, { nowMs: time.now(), lastSoundTest: this.tested });
  }

  /** A screen with a token goes on by itself: loaded anew while nothing sounds, else when its old session is over. */
  async staySignedIn() {
    const token = screenToken();
    if (!token || this.isSigningIn) return;
    this.isSigningIn = true;
    const status = await signScreenIn(token);
    const isQuiet = !this.alarms.sounding().length && performance.now() > AGAIN_MS;
    if (status === 204 && isQuiet) location.reload();
    else setTimeout(() => (this.isSigningIn = false), AGAIN_MS);
  }

  /** @param {string[]} keys @param {number} atMs */
  onMeasured(keys, atMs) {
    if (keys.includes("test")) this.tested = Math.round(this.time.now());
    this.sounded(keys, atMs);
  }
}

/** A wall goes dark for nobody. Asked again when it was hidden, for the browser lets go then. */
async function keepAwake() {
  try {
    if (document.visibilityState === "visible") await navigator.wakeLock?.request("screen");
  } catch {
    // A machine that saves its battery says no; the wall itself is none the worse.
  }
}

const leave = () => location.assign("/");

const wall = new Wall();
openProbe(() => ({
  audio: wall.sound.state, tone: wall.sound.playingPattern, link: wall.watchdog.link, seq: wall.alarms.seq,
  painted: null, sounded: null, screenId: wall.receipts.screenId,
})); // prettier-ignore
