import { BenchmarkLink, IdLink, ModelLink, NamedLink, Person } from '../../../components/Identity.tsx';
import type { BountyView, Conditions } from '../../../lib/chain/moneyTypes.ts';
import { useChainConfig } from '../../../lib/chain/provider.tsx';
import { amount, count, moment, percent } from '../../../lib/format.ts';
import { tokenName } from '../../../lib/tokens.ts';
import type { Act } from './useBountyAct.ts';

/** Units of a sum of squared errors. */
const ERROR_UNIT = 2 ** 18;

/** One bounty: the prize, what it takes, and what can be done about it now. */
export function BountyCard({ bounty, may, act }: { bounty: BountyView; may: boolean; act: Act }) {
  const { people } = useChainConfig();
  const { id, on, benchmark, funder, state, until, over, candidate, winnerModel } = bounty;
  const claim = () =>
    act({ functionName: 'claim', args: [BigInt(id), candidate!.model.id, candidate!.evidence] }, 'Claimed');
  const refund = () => act({ functionName: 'refund', args: [BigInt(id)] }, 'Given back');
  return (
    <li className="grid gap-x-8 gap-y-3 py-5 md:grid-cols-[minmax(0,1fr)_auto]" data-testid={`bounty-${id}`}>
      <div className="grid min-w-0 gap-2">
        <p className="figure text-2xl">
          {amount(bounty.amount, bounty.decimals)} {tokenName(bounty)}
        </p>
        <p>
          {thresholdText(bounty)} on <BenchmarkLink benchmark={on ?? { id: benchmark, uri: '' }} />
        </p>
        <Asked conditions={bounty.conditions} bounty={bounty} />
        <p className="text-soft">
          <NamedLink href={`/bounty/${id}`} name={`Number ${id}`} />, by <Person address={funder} people={people} />
          {state === 'open' && (
            <>
              , {over ? 'could be won until' : 'can be won until'} {moment(until)}
            </>
          )}
          {bounty.wasSealed && state === 'open' && ', later if its benchmark is opened later'}
          {state === 'refunded' && ', given back'}
        </p>
        {winnerModel && (
          <p className="flex flex-wrap items-center gap-3">
            Won by <ModelLink model={winnerModel} />
          </p>
        )}
      </div>
      {state === 'open' && (
        <div className="grid content-start justify-items-start gap-2 md:justify-items-end">
          {over ? (
            <button type="button" className="button" disabled={!may} onClick={refund}>
              Give it back to the funder
            </button>
          ) : candidate ? (
            <>
              <ModelLink model={candidate.model} />
              <button type="button" className="button button-main" disabled={!may} onClick={claim}>
                Claim it for this model
              </button>
            </>
          ) : (
            <p className="max-w-[24ch] text-soft md:text-right">No model that this page knows reaches it yet.</p>
          )}
        </div>
      )}
    </li>
  );
}

/** The score that it takes. */
export function thresholdText({ on, threshold }: BountyView): string {
  if (on?.kind === 'regression' && on.rows > 0) {
    return `Mean squared error at most ${(Number(threshold) / ERROR_UNIT / on.rows).toPrecision(4)}`;
  }
  const rows = count(BigInt(threshold));
  // Of a sealed benchmark nothing is known yet.
  if (!on || on.rows === 0)
    return `At least ${rows} rows right (or, of a regression, an error of at most this many units)`;
  return `At least ${rows} of ${count(on.rows)} rows right (${percent(Number(threshold) / on.rows)})`;
}

/** What else is asked of the model, each condition in words. */
function Asked({ conditions, bounty }: { conditions: Conditions; bounty: BountyView }) {
  const { people } = useChainConfig();
  const { ancestor, leastPart = 0, mostMerges } = conditions;
  const plain = [
    conditions.undeclared && 'does not descend from a declared import',
    conditions.noForeign && 'does not descend from a foreign program’s model',
    conditions.registeredAfter && `was registered after ${moment(conditions.registeredAfter)}`,
    conditions.registeredBefore && `was registered before ${moment(conditions.registeredBefore)}`,
    conditions.minimalVersions && 'rests on keys of at least the stated versions only',
    conditions.disjointFrom &&
      conditions.disjointFrom === bounty.on?.dataset &&
      'was not trained on shards of the benchmark, nor was any ancestor',
  ].filter((text) => typeof text === 'string');
  const other = conditions.disjointFrom === bounty.on?.dataset ? undefined : conditions.disjointFrom;
  if (plain.length === 0 && !ancestor && !other && !conditions.attestedBy)
    return <p className="text-soft">Any model can win.</p>;
  return (
    <ul className="list-disc pl-5 text-soft marker:text-rule">
      {ancestor && (
        <li>
          The model descends from{' '}
          {bounty.ancestorModel ? (
            <ModelLink model={bounty.ancestorModel} mark={false} />
          ) : (
            <IdLink href={`/model/${ancestor}`} value={ancestor} />
          )}
          {leastPart > 0 && `, and carries at least ${percent(leastPart, 2)} of it by the weights of its merges`}
          {mostMerges !== undefined && `, through at most ${mostMerges} merges`}.
        </li>
      )}
      {plain.map((text) => (
        <li key={text}>The model {text}.</li>
      ))}
      {other && (
        <li>
          The model was not trained on shards of dataset <IdLink href={`/dataset/${other}`} value={other} />, nor was
          any ancestor.
        </li>
      )}
      {conditions.attestedBy && (
        <li>
          All data that it and its ancestors were trained on is attested by{' '}
          <Person address={conditions.attestedBy} people={people} />.
        </li>
      )}
    </ul>
  );
}
