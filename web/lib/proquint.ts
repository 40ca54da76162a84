const CONSONANTS = 'bdfghjklmnprstvz';
const VOWELS = 'aiou';

/**
 * The first 32 bits of an id as a proquint, two pronounceable words of five letters (arXiv:0901.4016). Says neither more
 * nor less than the id's first eight digits: a help for eyes and ears, not an identity.
 */
export function proquint(id: string): string {
  const bits = Number.parseInt(id.slice(2, 10).padEnd(8, '0'), 16) >>> 0;
  return [word(bits >>> 16), word(bits & 0xffff)].join('-');
}

function word(half: number): string {
  return (
    CONSONANTS[(half >>> 12) & 15] +
    VOWELS[(half >>> 10) & 3] +
    CONSONANTS[(half >>> 6) & 15] +
    VOWELS[(half >>> 4) & 3] +
    CONSONANTS[half & 15]
  );
}
