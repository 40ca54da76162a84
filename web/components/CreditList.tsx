import type { Credit } from '../lib/chain/types.ts';
import { amount, short } from '../lib/format.ts';
import { safeText } from '../lib/hostile.ts';

/** What a model was paid and what is owed for it, token by token. */
export function CreditList({ credits }: { credits: Credit[] }) {
  if (credits.length === 0) {
    return (
      <p className="py-4 text-soft">
        Nobody has paid this model yet. What it is paid, its trainer and its ancestors share.
      </p>
    );
  }
  return (
    <ul className="divide-y divide-line">
      {credits.map((credit) => (
        <li key={credit.token} className="grid gap-x-10 gap-y-4 py-4 sm:grid-cols-2" data-testid="credit">
          <Sums
            title="Paid, ever"
            credit={credit}
            lines={[
              ['To this model', credit.paid],
              ['Passed up by its children', credit.received],
              ['Kept for its trainer', credit.kept],
              ['Passed to its parents', credit.passed],
            ]}
          />
          <Sums
            title="Owed now"
            credit={credit}
            lines={[
              ['To be split', credit.unsplit],
              ['To its trainer', credit.earned],
            ]}
          />
        </li>
      ))}
    </ul>
  );
}

function Sums({ title, credit, lines }: { title: string; credit: Credit; lines: [string, string][] }) {
  const symbol = safeText(credit.symbol).slice(0, 12).toWellFormed() || short(credit.token);
  return (
    <div className="min-w-0">
      <p className="font-semibold">
        {title} <bdi className="font-normal text-soft">in {symbol}</bdi>
      </p>
      <dl className="mt-1">
        {lines.map(([name, value]) => (
          <div key={name} className="flex items-baseline justify-between gap-4 py-0.5">
            <dt className="text-soft">{name}</dt>
            <dd className="figure">{amount(value, credit.decimals)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
