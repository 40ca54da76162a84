'use client';

import { useQuery } from '@tanstack/react-query';
import type { Address } from 'viem';
import type { TrainerCredit } from './moneyTypes.ts';

/** What a trainer is owed, asked for again every few seconds. */
export function useTrainerCredit(trainer: Address) {
  return useQuery({
    queryKey: ['credit', trainer],
    queryFn: () => readCredit(trainer),
    refetchInterval: 15_000,
  });
}

async function readCredit(trainer: Address): Promise<TrainerCredit> {
  const response = await fetch(`/api/credit/${trainer}`);
  const body = (await response.json()) as TrainerCredit | { missing: string };
  if ('missing' in body) throw new Error(body.missing);
  return body;
}
