/**
 * The alarm tones. A browser may refuse to sound until a key or a click, and refuses again after every reload, so
 * the state is always asked of the audio graph itself, and "sounded" is what its analyser has measured.
 */
import { PATTERNS, lengthOf, render } from "./tones.js";

const SILENCE_S = 60;
const AUDIBLE = 0.001;
const MEASURE_MS = 8;
const LEAD_S = 0.005;

/**
 * One alarm that rings; one about ourselves (`isOurs`) in a tone of its own. `call` is new with every press, and then it sounds at once; `key` with every version, and
 * then it is measured anew.
 * @typedef {{key: string, call: string, priority: number, isOurs: boolean}} Ring
 */
/** @typedef {'on'|'silenced'|'blocked'} SoundState */

export class Sound {
  /** @param {{onState: () => void, onMeasured: (keys: string[], atMs: number) => void}} listener */
  constructor({ onState, onMeasured }) {
    this.onState = onState;
    this.onMeasured = onMeasured;
    /** @type {Ring[]} most urgent first */
    this.rings = [];
    this.isFault = false;
    this.silencedUntil = 0; // performance.now()
    /** @type {Set<string>} calls that have been met */
    this.met = new Set();
    /** @type {Set<string>} calls of priority 3 that have sounded, for they sound once */
    this.once = new Set();
    /** @type {Set<string>} keys that wait for a first measured sample */
    this.waiting = new Set();
    /** @type {Set<string>} keys that have been measured */
    this.measured = new Set();
    /** @type {Record<string, number>} context time of the next run of a pattern */
    this.due = { 1: 0, 2: 0, 3: 0, s: 0 };
    this.busyUntil = 0;
    /** @type {AudioBufferSourceNode|null} */
    this.playing = null;
    this.playingPattern = "";
    this.isTest = false;
    this.isTestHeard = false;
    /** @type {number|undefined} */
    this.measuring = undefined;
    this.context = new AudioContext({ latencyHint: "interactive" });
    this.analyser = new AnalyserNode(this.context, { fftSize: 2048 });
    this.samples = new Float32Array(this.analyser.fftSize);
    /** @type {Record<string, AudioBuffer>} */
    this.buffers = {};
    this.open();
  }

  open() {
    this.analyser.connect(this.context.destination);
    const rate = this.context.sampleRate;
    for (const [name, pattern] of Object.entries(PATTERNS)) {
      const samples = render(pattern, rate);
      const buffer = new AudioBuffer({ length: samples.length, sampleRate: rate });
      buffer.copyToChannel(samples, 0);
      this.buffers[name] = buffer;
    }
    this.context.onstatechange = () => {
      this.onState();
      this.tick();
    };
    for (const gesture of ["keydown", "pointerdown"]) addEventListener(gesture, () => this.unlock(), true);
    void this.context.resume();
  }

  unlock() {
    if (this.context.state !== "running") void this.context.resume();
  }

  /** @returns {SoundState} */
  get state() {
    if (this.context.state !== "running") return "blocked";
    return performance.now() < this.silencedUntil ? "silenced" : "on";
  }

  silencedFor_s() {
    return Math.max(0, Math.ceil((this.silencedUntil - performance.now()) / 1000));
  }

  /** What rings now. A call that was not there before ends a silence and is heard at once.
   * @param {Ring[]} rings */
  want(rings) {
    const fresh = rings.filter(({ call }) => !this.met.has(call));
    const keys = new Set(rings.map(({ key }) => key));
    this.rings = rings;
    this.met = new Set(rings.map(({ call }) => call));
    this.once = new Set([...this.once].filter((call) => this.met.has(call)));
    this.measured = new Set([...this.measured].filter((key) => keys.has(key)));
    this.waiting = new Set([...keys].filter((key) => !this.measured.has(key)));
    if (fresh.length) this.silencedUntil = 0;
    for (const pattern of fresh.map(patternOf)) {
      if (this.playingPattern !== pattern) this.due[pattern] = 0;
    }
    this.tick();
  }

  /** Our own fault: no server, no broker, no store. @param {boolean} isFault */
  fault(isFault) {
    if (isFault && !this.isFault) this.due.s = 0;
    this.isFault = isFault;
    this.tick();
  }

  silence() {
    this.silencedUntil = performance.now() + SILENCE_S * 1000;
    this.stop();
    this.onState();
  }

  /** Sounds the emergency's tone once, for an officer who wants to know. */
  test() {
    this.stop();
    this.play("1");
    this.isTest = true;
    this.isTestHeard = false;
    this.measure();
  }

  stop() {
    this.playing?.stop();
    this.playing = null;
    this.playingPattern = "";
    this.isTest = false;
    this.busyUntil = 0;
  }

  /** Starts what is due. Called four times a second, and whenever something changes. */
  tick() {
    if (this.context.state !== "running") return;
    const now = this.context.currentTime;
    const pattern = this.wanted();
    if (this.playingPattern && this.playingPattern !== pattern && this.mustGiveWay(pattern)) this.stop();
    if (this.state === "on") {
      if (pattern && now >= this.due[pattern] && now >= this.busyUntil) this.play(pattern);
      else if (this.isOurTurn() && now >= this.due.s && now >= this.busyUntil) this.play("s");
    }
    this.measure();
  }

  /** Whether something is wrong with us, which sounds between the others. */
  isOurTurn() {
    return this.isFault || this.rings.some(({ isOurs }) => isOurs);
  }

  /** The pattern of the most urgent ring, "" for none. */
  wanted() {
    const first = this.rings.find(({ call, priority, isOurs }) => !isOurs && (priority < 3 || !this.once.has(call)));
    return first ? String(first.priority) : "";
  }

  /** An emergency does not wait for a lesser tone to end, and what was taken over stops at once.
   * @param {string} pattern */
  mustGiveWay(pattern) {
    if (this.isTest) return pattern !== "";
    if (this.playingPattern === "3") return pattern !== "" && pattern !== "3";
    return this.playingPattern !== "s" || pattern === "1";
  }

  /** @param {string} pattern */
  play(pattern) {
    const at = this.context.currentTime + LEAD_S;
    const source = new AudioBufferSourceNode(this.context, { buffer: this.buffers[pattern] });
    source.connect(this.analyser);
    source.start(at);
    source.onended = () => {
      if (this.playing === source) this.stop();
    };
    this.playing = source;
    this.playingPattern = pattern;
    this.busyUntil = at + lengthOf(PATTERNS[pattern]);
    this.due[pattern] = at + (PATTERNS[pattern].every_s ?? 0);
    if (pattern === "3") this.rings.forEach(({ call, priority }) => priority === 3 && this.once.add(call));
    this.measure();
  }

  /** Looks at the graph until it has seen a sample that can be heard. */
  measure() {
    clearTimeout(this.measuring);
    /** @param {Ring} ring */
    const isDue = (ring) => patternOf(ring) === this.playingPattern && this.waiting.has(ring.key);
    const heard = this.rings.filter(isDue);
    const isTestDue = this.isTest && !this.isTestHeard;
    if (!this.playing || !(heard.length || isTestDue)) return;
    this.analyser.getFloatTimeDomainData(this.samples);
    if (!this.samples.some((sample) => Math.abs(sample) > AUDIBLE)) {
      this.measuring = setTimeout(() => this.measure(), MEASURE_MS);
      return;
    }
    const atMs = performance.timeOrigin + performance.now();
    const keys = heard.map(({ key }) => key);
    if (isTestDue) keys.push("test");
    this.isTestHeard = true;
    for (const key of keys) this.waiting.delete(key) && this.measured.add(key);
    this.onMeasured(keys, atMs);
  }
}

/** @param {Ring} ring */
const patternOf = ({ priority, isOurs }) => (isOurs ? "s" : String(priority));
