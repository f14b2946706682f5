import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Answer, answerOf, gapOf } from './gap.ts';

const every10 = (from: number, count: number, start = 0): Answer[] =>
  Array.from({ length: count }, (_, at) => ({ at: start + 10 * at, sequence: from + at }));

describe('the longest outage that a probe saw', () => {
  test('an answer is understood as ping says it, and nothing else is', () => {
    assert.deepEqual(answerOf('[1764234000.012345] 64 bytes from 192.168.100.11: icmp_seq=7 ttl=64 time=0.051 ms'), {
      at: 1764234000012.345,
      sequence: 7,
    });
    for (const line of [
      'PING 192.168.100.11 (192.168.100.11) 56(84) bytes of data.',
      '[1764234000.012345] From 192.168.100.1 icmp_seq=7 Destination Host Unreachable',
      '[1764234000.012345] no answer yet for icmp_seq=7',
      '',
    ]) {
      assert.equal(answerOf(line), null, line);
    }
  });

  test('where every probe is answered, it is the pause between two', () => {
    assert.deepEqual(gapOf(every10(1, 100)), { longest: 10, lost: 0, answers: 100 });
  });

  test('it is the time between two answers, however many gaps there were', () => {
    const answers = [...every10(1, 10), ...every10(13, 10, 120), ...every10(53, 10, 520)];
    assert.deepEqual(gapOf(answers), { longest: 310, lost: 32, answers: 30 });
  });

  test('probes that were held up and answered together were not answered in the time', () => {
    const late = every10(11, 30).map(({ sequence }) => ({ at: 390, sequence }));
    assert.deepEqual(gapOf([...every10(1, 10), ...late]), { longest: 300, lost: 0, answers: 40 });
  });

  test('answers out of order, and one that came twice, are no outage', () => {
    const [first, second, third, ...rest] = every10(1, 20) as [Answer, Answer, Answer, ...Answer[]];
    const answers = [first, third, { ...second, at: third.at + 1 }, { ...second, at: third.at + 2 }, ...rest];
    assert.deepEqual(gapOf(answers), { longest: 20, lost: 0, answers: 21 });
  });

  test('without two answers there is nothing to say', () => {
    assert.throws(() => gapOf(every10(1, 1)), /1 answers/);
  });
});
