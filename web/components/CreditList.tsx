import type { Credit, Split } from '../lib/chain/creditTypes.ts';
import type { Named } from '../lib/chain/types.ts';
import { amount, count, percent, plural } from '../lib/format.ts';
import { tokenName } from '../lib/tokens.ts';
import { ModelLink, Person } from './Identity.tsx';
import { Notice } from './Notice.tsx';

const ETHER_DECIMALS = 18;

/** What a model was paid, token by token, and what became of it. */
export function CreditList({ credits }: { credits: Credit[] }) {
  if (credits.length === 0) return <p className="py-4 text-soft">Nobody has paid this model yet.</p>;
  return (
    <ul className="divide-y divide-line">
      {credits.map((credit) => (
        <li key={credit.token} className="grid gap-x-10 gap-y-1 py-4 sm:grid-cols-2" data-testid="credit">
          <p className="font-semibold sm:col-span-2">
            Paid <bdi className="font-normal text-soft">in {tokenName(credit)}</bdi>
          </p>
          <Sums
            credit={credit}
            lines={[
              ['In all', credit.paid],
              ['Claimed for ancestors', credit.claimed],
              ['Collected for its trainer', (BigInt(credit.collected) + BigInt(credit.returned)).toString()],
            ]}
          />
          <Sums credit={credit} lines={[['Its trainer can collect now', credit.collectable]]} />
        </li>
      ))}
    </ul>
  );
}

function Sums({ credit, lines }: { credit: Credit; lines: [string, string][] }) {
  return (
    <dl>
      {lines.map(([name, value]) => (
        <div key={name} className="flex items-baseline justify-between gap-4 py-0.5">
          <dt className="text-soft">{name}</dt>
          <dd className="figure">{amount(value, credit.decimals)}</dd>
        </div>
      ))}
    </dl>
  );
}

interface SplitProps {
  split: Split;
  payees: Named[];
  people: Record<string, string>;
}

/** Who would get how much of a payment. */
export function SplitTable({ split, payees, people }: SplitProps) {
  if ('refused' in split) {
    const title =
      split.refused === 'stack'
        ? 'This model cannot be paid: the shares of its ancestors come to more than the whole.'
        : 'This model has too many ancestors with a share to list them here. It can be paid all the same.';
    return (
      <div className="py-4">
        <Notice tone="warn" words={{ title }} />
      </div>
    );
  }
  const { payouts } = split;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls must be reachable by keyboard
    <section className="overflow-x-auto" aria-label="Who is paid, as a table" tabIndex={0}>
      <table className="w-full min-w-[30rem] text-left" data-testid="split">
        <caption className="py-3 text-left text-soft">
          Of {amount(split.amount, ETHER_DECIMALS)} ETH paid to this model, by the shares of now.{' '}
          {payouts.length === 1 && 'No ancestor takes a share.'}
        </caption>
        <thead className="legend border-b border-line">
          <tr>
            <th scope="col" className="py-2 pr-3 font-semibold">
              Model
            </th>
            <th scope="col" className="py-2 pr-3 font-semibold">
              Trainer
            </th>
            <th scope="col" className="py-2 pl-3 text-right font-semibold">
              Share
            </th>
            <th scope="col" className="py-2 pl-3 text-right font-semibold">
              ETH
            </th>
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {payouts.map(({ node, account, ways, amount: units }) => {
            const model = payees.find(({ id }) => id === node);
            return (
              <tr key={node}>
                <td className="py-3 pr-3">
                  {model ? <ModelLink model={model} mark={false} /> : <span className="hash">{node}</span>}
                </td>
                <td className="py-3 pr-3">
                  <Person address={account} people={people} />
                </td>
                <td className="figure py-3 pl-3 text-right whitespace-nowrap">
                  {percent(Number((BigInt(units) * 10_000n) / BigInt(split.amount)) / 10_000, 2)}
                  {ways !== '1' && <span className="block text-[0.8125rem] text-soft">{waysText(ways)}</span>}
                </td>
                <td className="figure py-3 pl-3 text-right">{amount(units, ETHER_DECIMALS)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

/** An ancestor is owed its share once for each way that leads down from it. */
function waysText(ways: string): string {
  return ways.length < 10 ? `on ${plural(Number(ways), 'way')}` : `on ${count(BigInt(ways))} ways`;
}
