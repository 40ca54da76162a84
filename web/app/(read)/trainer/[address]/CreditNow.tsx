'use client';

import type { Address } from 'viem';
import { useTrainerCredit } from '../../../../lib/chain/useTrainerCredit.ts';
import { amount, percent, plural } from '../../../../lib/format.ts';
import { tokenName } from '../../../../lib/tokens.ts';

/** What a trainer is owed now, in short. */
export function CreditNow({ trainer }: { trainer: Address }) {
  const { data, error } = useTrainerCredit(trainer);
  if (error) return <p className="py-4 text-soft">The credit vault does not answer.</p>;
  if (!data) return <p className="py-4 text-soft">Reading what it is owed …</p>;
  return (
    <div className="grid gap-2 py-4" data-testid="credit-now">
      {data.tokens.length === 0 && <p>Nothing is owed to it now.</p>}
      {data.tokens.map((token) => (
        <p key={token.token}>
          <span className="figure text-xl">
            {amount(token.credit, token.decimals)} {tokenName(token)}
          </span>{' '}
          <span className="text-soft">
            to withdraw, {plural(token.claims.length, 'open claim')}, {plural(token.rests.length, 'rest')} of its own
            models
          </span>
        </p>
      ))}
      {!data.complete && <p className="text-warn">There may be more: not every payment was looked at.</p>}
      <p className="text-soft">Share of its next models: {percent(data.chosenShare / 10_000, 2)}</p>
    </div>
  );
}
