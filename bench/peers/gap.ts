/** What the answers to a probe say about an outage. Pure. */

export interface Gap {
  /** Milliseconds between the two answers that were furthest apart. */
  longest: number;
  /** Probes that were never answered, between the first and the last that were. */
  lost: number;
  /** Answers. */
  answers: number;
}

/** `[1764234000.123456] 64 bytes from 192.168.100.11: icmp_seq=7 ttl=64 time=0.05 ms`, as ping -D says it, ping(8). */
const answer = /^\[(\d+)\.(\d{1,6})\].* icmp_seq=(\d+) .*time=/;

export interface Answer {
  /** Milliseconds. */
  at: number;
  sequence: number;
}

export function answerOf(line: string): Answer | null {
  const [, seconds, fraction, sequence] = answer.exec(line) ?? [];
  if (seconds === undefined || fraction === undefined) return null;
  return { at: Number(seconds) * 1000 + Number(fraction.padEnd(6, '0')) / 1000, sequence: Number(sequence) };
}

/**
 * @param answers of less than ten minutes, after which the numbers begin anew
 * @throws when there are fewer than two answers, which say nothing
 */
export function gapOf(answers: readonly Answer[]): Gap {
  if (answers.length < 2) throw new Error(`${answers.length} answers to the probe.`);
  const times = answers.map(({ at }) => at).toSorted((a, b) => a - b);
  const longest = times.slice(1).reduce((most, at, index) => Math.max(most, at - (times[index] ?? at)), 0);
  const sequences = new Set(answers.map(({ sequence }) => sequence));
  const asked = Math.max(...sequences) - Math.min(...sequences) + 1;
  return { longest, lost: asked - sequences.size, answers: answers.length };
}
