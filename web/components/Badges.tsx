import type { Model } from '../lib/chain/types.ts';

const BASE =
  'inline-flex items-center gap-1.5 rounded-[3px] border px-2 py-0.5 text-[0.8125rem] font-medium whitespace-nowrap';

/** What is proved of a model's descent: all of it, or all but where it begins. */
export function Badges({ model, devKeys }: { model: Pick<Model, 'kind' | 'declared'>; devKeys: boolean }) {
  return (
    <span className="inline-flex flex-wrap gap-2">
      {model.declared ? (
        <span
          className={`${BASE} border-dashed border-root text-root`}
          title="A root's weights are imported, not proved"
        >
          {model.kind === 'root' ? 'Declared origin' : 'Proven from a declared root'}
        </span>
      ) : (
        <span className={`${BASE} border-good text-good`}>
          <Tick /> Proven from seed
        </span>
      )}
      {devKeys && <DevKeys />}
    </span>
  );
}

/** Development keys: anyone can forge proofs for them. */
export function DevKeys() {
  return (
    <span
      className={`${BASE} border-warn text-warn`}
      title="The secret of these keys is public, so anyone could have made this proof"
    >
      Dev keys
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
