/** The desk: joins the feed, what is known, what is shown and what is heard. Read this one first. */
import { allowActs } from "./acting.js";
import { isRinging, ringOf } from "./alarms.js";
import { Announce } from "./announce.js";
import { Banner } from "./banner.js";
import { SoundChip, showFoot } from "./chips.js";
import { Commands } from "./commands.js";
import { Devices } from "./devices.js";
import { byId } from "./dom.js";
import { Escalated } from "./escalated.js";
import { PALETTE } from "./everywhere.js";
import { Feed } from "./feed.js";
import { Flood } from "./flood.js";
import { Later } from "./later.js";
import { LiveScreen, TICK_MS } from "./live_screen.js";
import { Middle } from "./middle.js";
import { openNavigation } from "./navigation.js";
import { Officer } from "./officer.js";
import { openOnDuty } from "./on_duty.js";
import { DESK_SOUNDS } from "./page_sound.js";
import { openProbe } from "./probe.js";
import { Queue } from "./queue.js";
import { Readiness } from "./readiness.js";
import { Recent } from "./recent.js";
import { ScreenWord } from "./screen_word.js";
import { Shown } from "./shown.js";
import { Sound } from "./sound.js";
import { openTelling } from "./telling.js";
import { t } from "./words.js";

/** @typedef {import("./types.js").Alarm} Alarm */

const AFTERWARDS_MS = 3000; // the rest of the page is fetched when it stands, so that it is there without a server
const DEVICES_MS = 500; // sorting and counting again at most so often; the rows in sight follow at once

class Desk extends LiveScreen {
  constructor() {
    super("/login");
    const { isAllowed } = this;
    const onAct = (/** @type {string} */ act, /** @type {Alarm} */ alarm) => this.officer.act(act, alarm);
    this.announce = new Announce();
    this.banner = new Banner(onAct, (alarm) => this.escalated.wordsOf(alarm));
    this.escalated = new Escalated({ time: this.time, first: () => isAllowed && this.banner.alarm, onNews: () => this.showAlarms() });
    this.queue = new Queue({ alarms: this.alarms, onAct });
    this.devices = new Devices(this.model, this.time);
    this.readiness = new Readiness(this.model, this.alarms);
    this.middle = new Middle({ model: this.model, alarms: this.alarms }, () => this.miss());
    this.recent = new Recent(this.time);
    this.shown = new Shown({ banner: this.banner, queue: this.queue, receipts: this.receipts });
    this.sound = new Sound({ onState: () => this.tick(), onMeasured: (keys, atMs) => this.onMeasured(keys, atMs) });
    this.soundChip = new SoundChip(this.sound, this.time);
    this.word = isAllowed ? new ScreenWord({ kind: "desk", sound: this.sound, lastTest: () => this.soundChip.lastTest }) : null;
    this.flood = new Flood(() => this.showAlarms());
    const acting = {
      alarms: this.alarms,
      isLive: () => this.isLive(),
      isAllowed,
      onAnswer: () => this.showAlarms(),
      say: (/** @type {string} */ text) => this.announce.say(text),
    };
    this.commands = new Commands(acting);
    const onMissing = () => this.miss();
    this.details = new Later(async () => new (await import("./details.js")).Details({ time: this.time, onAct }), onMissing);
    this.shelving = new Later(async () => new (await import("./shelving.js")).Shelving(acting), onMissing);
    this.officer = new Officer(this);
    this.needs = new Later(async () => new (await import("./calm_needs.js")).CalmNeeds(this.time), onMissing);
    const quiet = { test: () => this.sound.test(), isCalm: () => !this.alarms.sounding().length };
    this.tour = new Later(async () => new (await import("./tour.js")).Tour(quiet), onMissing);
    this.tickedAt = 0;
    this.devicesAt = 0;
    this.areDevicesNew = false;
    /** @type {import("./probe.js").Painted|null} */
    this.measured = null;
    this.listen();
    this.feed = new Feed((message) => this.take(message));
    setInterval(() => this.tick(), TICK_MS);
  }

  isLive() {
    return this.watchdog.link === "live" || this.watchdog.link === "slow";
  }

  listen() {
    openNavigation();
    openTelling();
    openOnDuty(() => this.time.now());
    byId("retry").addEventListener("click", () => this.feed?.retry());
    document.addEventListener("visibilitychange", () => this.showAlarms());
    byId("queue-scroll").addEventListener("scroll", () => this.shown.look(this.alarms.sounding()), { passive: true });
  }

  /** @param {import("./types.js").Snapshot} snapshot @param {boolean} isAnew  what came before it was not all */
  load(snapshot, isAnew) {
    const isFirst = !this.alarms.isLoaded;
    super.load(snapshot, isAnew);
    this.flood.hear();
    this.showAlarms();
    this.showDevices();
    this.tick();
    void this.middle.load();
    if (isFirst || isAnew) void this.recent.load();
    this.bringRest(isFirst);
  }

  /** What could not be had is asked for again with the next snapshot. @param {boolean} isFirst */
  bringRest(isFirst) {
    void this.needs.get();
    if (this.isAllowed) void this.tour.get();
    if (isFirst) setTimeout(() => [this.details, this.shelving, PALETTE].forEach((each) => void each.get()), AFTERWARDS_MS);
  }

  /** A part that came too late for whoever asked: said, and nothing else waits for it. */
  miss() {
    this.announce.say(t("load.part_missing"));
  }

  /** @param {string} name @param {any} data */
  event(name, data) {
    if (name === "beat") this.health = data.health;
    else if (name === "alarm") this.onAlarm(data);
    else if (name === "alarm_count") {
      this.alarms.count(data);
      this.showAlarms();
    } else if (name === "incident") {
      this.alarms.handled(data);
      this.showAlarms();
    } else if (name === "devices") {
      this.areDevicesNew = this.model.change(data) || this.areDevicesNew;
      this.devices.showRows();
      this.middle.draw();
      this.showDevicesSoon();
    } else if (name === "device_added") {
      this.model.add(data);
      this.areDevicesNew = true;
      this.middle.grown();
      this.showDevicesSoon();
    } else if (name === "test") {
      this.recent.tested(data);
      this.recent.show(this.alarms.recent);
    } else if (name === "bell_test" && data.what !== "measured") {
      if (data.what === "opened") this.announce.say(t("bell.opened_now"));
      else if (data.ending) this.announce.say(t(`bell.ended.${data.ending}`));
    }
  }

  /** @param {Alarm & {seq: number}} told */
  onAlarm(told) {
    const wasRinging = isRinging(this.alarms.open.get(told.id) ?? { ...told, state: "NORMAL" });
    if (!this.alarms.hear(told)) return;
    this.recent.count(told);
    this.flood.hear();
    this.announce.shelf(told);
    // A new emergency takes the Space key back from a row that was selected before.
    if (told.priority === 1 && isRinging(told) && !wasRinging) this.officer.lookUp();
    this.showAlarms();
  }

  showAlarms() {
    const rings = this.flood.audible(this.alarms.heard()).map(ringOf);
    if (rings.length) this.tour.part?.close();
    this.sound.want(rings);
    this.banner.show(this.alarms, this.known());
    this.queue.show();
    this.details.part?.renew(this.alarms);
    this.recent.show(this.alarms.recent);
    this.readiness.show();
    this.middle.show();
    this.announce.show(this.alarms, this.isStale);
    this.banner.tick(this.time, this.isStale);
    this.queue.tick(this.time, this.isStale);
    allowActs(this.isLive());
    if (!this.isStale) this.shown.look(this.alarms.sounding());
  }

  known() {
    return { nowMs: this.time.now(), lastSoundTest: this.soundChip.lastTest, working: this.readiness.working };
  }

  showDevicesSoon() {
    if (!this.areDevicesNew || performance.now() - this.devicesAt < DEVICES_MS) return;
    this.showDevices();
  }

  showDevices() {
    this.areDevicesNew = false;
    this.devicesAt = performance.now();
    this.devices.show();
    this.middle.draw();
    this.readiness.show();
  }

  onLink() {
    super.onLink();
    this.tick();
    this.announce.show(this.alarms, this.isStale);
    allowActs(this.isLive());
  }

  /** Four times a second, from a timer of the page and from the worker's, which a hidden tab does not slow down. */
  tick() {
    const now = performance.now();
    if (!this.feed || now - this.tickedAt < TICK_MS / 2) return this.sound.tick();
    this.tickedAt = now;
    this.watchdog.check();
    this.freshness.show(this.watchdog);
    this.soundChip.show();
    this.word?.tick();
    this.strips.showSound(this.sound.state === "blocked" && (this.isStale || this.alarms.sounding().length > 0));
    const isBroken = this.strips.showHealth(this.isStale ? null : this.health);
    this.sound.fault(this.isStale || (isBroken && !this.alarms.isFaultTaken()));
    this.showBlind(Boolean(this.health?.blind_since_at));
    this.showDevicesSoon();
    const second = Math.floor(this.time.now() / 1000);
    if (second !== this.secondAt) {
      this.secondAt = second;
      this.everySecond();
      if (this.sound.state !== "blocked") localStorage.setItem(DESK_SOUNDS, String(Date.now()));
    }
  }

  /** What was heard of devices says nothing now. @param {boolean} isBlind */
  showBlind(isBlind) {
    this.freshness.isBlind = isBlind;
    if (isBlind === this.model.isBlind) return;
    this.model.isBlind = this.announce.isBlind = isBlind;
    this.showDevices();
    this.announce.show(this.alarms, this.isStale);
  }

  everySecond() {
    const { isStale } = this;
    const stoppedAt = this.watchdog.stoppedAt + this.time.offsetMs;
    this.clock.show(this.time.now());
    this.banner.tick(this.time, isStale);
    this.queue.tick(this.time, isStale);
    this.devices.tick(isStale);
    if (!isStale) for (const part of [this.details.part, this.escalated, this.flood, this.needs.part]) part?.tick();
    this.session.show();
    this.strips.showLink({ isStale, stoppedAt, emergencies: this.alarms.emergencies() });
    this.announce.count(this.alarms.inTab("unacknowledged").length);
    showFoot(this.health, isStale);
    if (!this.banner.alarm) this.banner.show(this.alarms, this.known());
  }

  /** @param {string[]} keys @param {number} atMs */
  onMeasured(keys, atMs) {
    if (keys.includes("test")) this.soundChip.tested();
    for (const { id, version } of this.sounded(keys, atMs)) this.measured = { id, version, at: atMs };
  }

  look() {
    const { shown, receipts, measured: sounded, sound, watchdog, alarms } = this;
    return { audio: sound.state, tone: sound.playingPattern, link: watchdog.link, seq: alarms.seq, painted: shown.painted, sounded, screenId: receipts.screenId };
  }
}

const desk = new Desk();
openProbe(() => desk.look());
