// Korean particles by how a value is read aloud.
import { describe, expect, it } from 'vitest';
import { endingOf, particleByHand, particleFor, readParticle } from '../../../labs/markdown/particles.ts';

describe('a Korean particle', () => {
  it.each([
    [0, '은'],
    [1, '은'],
    [2, '는'],
    [3, '은'],
    [4, '는'],
    [5, '는'],
    [6, '은'],
    [7, '은'],
    [8, '은'],
    [9, '는'],
    [10, '은'],
    [100, '은'],
    [1000, '은'],
    [20000, '은'],
    [100_000_000, '은'],
    [1_000_000_000_000, '는'],
    [10_000_000_000_000_000, '은'],
    ['1,002', '는'],
    ['2.50', '은'],
    ['0.12', '는'],
  ])('after the number %s is %s', (value, expected) => {
    expect(particleFor(value, '은/는')).toBe(expected);
  });

  it.each([
    ['nginx', '는'],
    ['httpd', '는'],
    ['systemctl', '은'],
    ['vim', '은'],
    ['chown', '은'],
    ['tar', '은'],
    ['커널', '은'],
    ['태스크', '는'],
    ['`touch`', '는'],
    ['50%', '는'],
    ['８', '은'],
  ])('after %s is %s', (value, expected) => {
    expect(particleFor(value, '은/는')).toBe(expected);
  });

  it('takes 로 after a final rieul and 으로 after every other consonant', () => {
    expect(['1', '8', '서울', 'ssl', '2'].map((word) => particleFor(word, '으로/로'))).toEqual([
      '로',
      '로',
      '로',
      '로',
      '로',
    ]);
    expect(['6', '10', '3', '집', 'vm'].map((word) => particleFor(word, '으로/로'))).toEqual([
      '으로',
      '으로',
      '으로',
      '으로',
      '으로',
    ]);
  });

  it('reads a word without any letter or digit like a vowel', () => {
    expect(endingOf('…')).toBe('vowel');
  });

  it('is understood in both usual spellings, alone with a tilde, and refused when unknown', () => {
    expect(readParticle('와/과')).toEqual({ pair: '과/와', alone: false });
    expect(readParticle('~이/가')).toEqual({ pair: '이/가', alone: true });
    expect(readParticle('은/을')).toBeUndefined();
    expect(particleFor('shop', '과/와')).toBe('와');
  });

  it.each([
    ['{{name}}을 봅니다', '{{name|을/를}}'],
    ['`{{name}}`는 섰습니다', '{{name}}`{{name|~은/는}}'],
    ['{count}으로 늘었습니다', '{count|으로/로}'],
  ])('written out by hand in “%s” is found', (sentence, expected) => {
    expect(particleByHand(sentence)?.expected).toBe(expected);
  });

  it.each(['{{name|을/를}} 봅니다', '{{count}}개는', '{{name}}이라는 이름', '\\{{name}}은', '{{name}} 이 줄'])(
    'is not seen in “%s”',
    (sentence) => {
      expect(particleByHand(sentence)).toBeUndefined();
    },
  );
});
