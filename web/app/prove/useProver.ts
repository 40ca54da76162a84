'use client';

import { useEffect, useRef, useState } from 'react';
import { filesOf, type Work } from '../../lib/prover/keptWork.ts';
import type { Plan, Progress } from '../../lib/prover/messages.ts';
import { ProverClient } from '../../lib/prover/proverClient.ts';

/** The prover, started when it is first asked and ended with the page, and how far it is. */
export function useProver() {
  const client = useRef<ProverClient>(undefined);
  /** whether the prover has the work: after a reload it has not */
  const loaded = useRef(false);
  const [progress, setProgress] = useState<Progress>();
  useEffect(
    () => () => {
      client.current?.close();
      client.current = undefined;
      loaded.current = false;
    },
    [],
  );
  const start = () => {
    client.current ??= new ProverClient(setProgress);
    return client.current;
  };
  const prepare = async (plan: Plan) => {
    loaded.current = false;
    const made = await start().ask({ kind: 'prepare', plan, base: location.origin });
    loaded.current = true;
    return made;
  };
  /** The prover with the work, which may come from an earlier visit. */
  const withWork = async (work: Work) => {
    if (!loaded.current) {
      const { shape } = work.prepared;
      await start().ask({ kind: 'restore', shape, files: filesOf(work), base: location.origin });
      loaded.current = true;
    }
    return start();
  };
  return { prepare, withWork, progress, setProgress };
}
