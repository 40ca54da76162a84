import type { Model } from '../lib/chain/types.ts';

const BASE =
  'inline-flex items-center gap-1.5 rounded-[3px] border px-2 py-0.5 text-[0.8125rem] font-medium whitespace-nowrap';

/** Where a model's lineage begins: at seeds alone, or at a declared import, too. Neither tells that no weights came from elsewhere. */
export function Badges({
  model,
  devKeys,
}: {
  model: Pick<Model, 'kind' | 'declared' | 'isForeign'>;
  devKeys: boolean;
}) {
  return (
    <span className="inline-flex flex-wrap gap-2">
      {model.declared ? (
        <span
          className={`${BASE} border-dashed border-import text-import`}
          title="The weights of a declared import come from elsewhere. How they were made is not proved."
        >
          {model.kind === 'import' ? 'Declared import' : 'From a declared import'}
        </span>
      ) : (
        <span
          className={`${BASE} border-seed text-seed`}
          title="All its origins are seeds of the chain. Training on rows that somebody computed can bring weights from elsewhere into a model nevertheless."
        >
          {model.kind === 'seed' ? 'Seed of the chain' : 'From seeds only'}
        </span>
      )}
      {model.isForeign && (
        <span
          className={`${BASE} border-dashed border-foreign text-foreign`}
          title="That a model follows from its parents, an adapter to another proof system says. Descent does not check what it checks."
        >
          {model.kind === 'foreign' ? 'Foreign program' : 'Below a foreign program'}
        </span>
      )}
      {devKeys && <DevKeys />}
    </span>
  );
}

/** Test keys: anyone can forge proofs for them. */
export function DevKeys() {
  return (
    <span
      className={`${BASE} border-warn text-warn`}
      title="The secret of these keys is public, so anyone could have made this proof"
    >
      Test keys
    </span>
  );
}

export function Tick() {
  return (
    <svg
      viewBox="0 0 12 12"
      width="11"
      height="11"
      aria-hidden="true"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
    >
      <path d="m1.5 6.5 3 3 6-7" />
    </svg>
  );
}
