/**
 * The tones, as samples. Rhythm tells the class (10 pulses, 3 pulses, 2 pulses, two falling tones); a fundamental
 * of 262 Hz with five strong harmonics is heard through a closed door and by ears that have lost the high notes.
 * After the rhythms of IEC 60601-1-8, as secondary sources describe them.
 */
const FUNDAMENTAL_HZ = 262;
const HARMONICS = [1, 0.78, 0.72, 0.66, 0.6, 0.54];
const PEAK = 0.85;
const ATTACK_S = 0.012;

/**
 * @typedef {object} Pattern
 * @property {{at_s: number, length_s: number, from_hz: number, to_hz: number}[]} pulses
 * @property {number|null} every_s  null: once
 */

/** @param {number[]} onsets */
const pulses = (onsets) =>
  onsets.map((at_s) => ({ at_s, length_s: 0.147, from_hz: FUNDAMENTAL_HZ, to_hz: FUNDAMENTAL_HZ }));

/** @type {Record<string, Pattern>} */
export const PATTERNS = {
  1: { pulses: pulses([0, 0.25, 0.5, 1, 1.25, 2.2, 2.45, 2.7, 3.2, 3.45]), every_s: 5 },
  2: { pulses: pulses([0, 0.35, 0.7]), every_s: 15 },
  3: { pulses: pulses([0, 0.35]), every_s: null },
  s: {
    pulses: [
      { at_s: 0, length_s: 0.42, from_hz: 524, to_hz: 392 },
      { at_s: 0.5, length_s: 0.6, from_hz: 392, to_hz: FUNDAMENTAL_HZ },
    ],
    every_s: 15,
  },
};

/** @param {Pattern} pattern  seconds from the first pulse's start to the last one's end */
export function lengthOf(pattern) {
  return Math.max(...pattern.pulses.map(({ at_s, length_s }) => at_s + length_s));
}

/** One run of a pattern, mono, between -1 and 1.
 * @param {Pattern} pattern @param {number} rate  samples a second */
export function render(pattern, rate) {
  const samples = new Float32Array(Math.ceil(lengthOf(pattern) * rate));
  for (const pulse of pattern.pulses) addPulse(samples, pulse, rate);
  const loudest = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  return samples.map((sample) => (sample * PEAK) / loudest);
}

/** @param {Float32Array} samples @param {Pattern["pulses"][0]} pulse @param {number} rate */
function addPulse(samples, pulse, rate) {
  const first = Math.round(pulse.at_s * rate);
  const count = Math.min(Math.round(pulse.length_s * rate), samples.length - first);
  let phase = 0;
  for (let at = 0; at < count; at += 1) {
    const along = at / count;
    phase += (2 * Math.PI * (pulse.from_hz + (pulse.to_hz - pulse.from_hz) * along)) / rate;
    const edge = Math.min(1, at / rate / ATTACK_S, (count - at) / rate / ATTACK_S);
    const wave = HARMONICS.reduce((sum, level, index) => sum + level * Math.sin((index + 1) * phase), 0);
    samples[first + at] = wave * edge;
  }
}
