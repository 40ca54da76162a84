import { Person } from '../../../../components/Identity.tsx';
import type { Dataset } from '../../../../lib/chain/dataTypes.ts';
import { useChainConfig } from '../../../../lib/chain/provider.tsx';
import type { Benchmark } from '../../../../lib/chain/types.ts';
import { count, ether, moment, short } from '../../../../lib/format.ts';
import type { Act } from './act.ts';

interface Props {
  seals: Benchmark[];
  datasets: Dataset[];
  may: boolean;
  act: Act;
}

/** Sealed benchmarks; those whose dataset is registered by now can be opened, by anybody. */
export function Seals({ seals, datasets, may, act }: Props) {
  const { people } = useChainConfig();
  return (
    <ul className="divide-y divide-line">
      {seals.map(({ id, dataset, by, sealed }) => {
        const listed = datasets.find((each) => each.id === dataset);
        const open = () =>
          act(
            { functionName: 'unsealBenchmark', args: [by, listed!.registrar, listed!.shards, listed!.uri] },
            'Opened',
          );
        return (
          <li key={id} className="flex flex-wrap items-center justify-between gap-4 py-4">
            <span>
              <span className="hash">{short(id, 10, 6)}</span>{' '}
              {by && (
                <>
                  by <Person address={by} people={people} />
                </>
              )}
              <span className="text-soft">
                , models count up to block {count(sealed!.closingBlock)}, must be open by {moment(sealed!.openBy)}, bond{' '}
                {ether(sealed!.bond)}
                {!listed && '. Its dataset is not registered yet.'}
              </span>
            </span>
            {listed && by && (
              <button type="button" className="button" disabled={!may} onClick={open}>
                Open it
              </button>
            )}
          </li>
        );
      })}
    </ul>
  );
}
