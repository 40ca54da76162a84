'use client';

import { useRef, useState } from 'react';
import { errorInWords } from '../../lib/chain/errors.ts';
import type { Message } from '../../lib/chain/types.ts';
import type { SignedFile } from '../../lib/signedFile.ts';

/** A signed file, and whether the trainer's own key made its signature: undefined while that is checked. */
export interface Signed {
  file: SignedFile;
  byKey?: boolean;
}

/** Whether a text may be a signed file, before what reads it is loaded. */
export function mayBeSigned(text: string): boolean {
  return /"format"\s*:\s*"descent-signed-/.test(text.slice(0, 2_000));
}

/** Reads signed files and checks their signatures in this browser. */
export function useSigned() {
  const [signed, setSigned] = useState<Signed>();
  const turn = useRef(0);

  /** Forgets the file. */
  const clear = () => {
    turn.current++;
    setSigned(undefined);
  };

  /** @returns the file, why it cannot be read, or undefined where another was chosen meanwhile */
  const take = async (text: string): Promise<SignedFile | { problem: Message } | undefined> => {
    clear();
    const mine = turn.current;
    const { readSigned, isSignedByKey } = await import('../../lib/signedFile.ts');
    if (mine !== turn.current) return undefined;
    try {
      const file = readSigned(text);
      setSigned({ file });
      void isSignedByKey(file).then((byKey) => mine === turn.current && setSigned({ file, byKey }));
      return file;
    } catch (error) {
      return { problem: await errorInWords(error) };
    }
  };
  return { signed, take, clear };
}
