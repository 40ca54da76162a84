import type { Dispute } from '../lib/chain/dataTypes.ts';
import type { Named, NodeStatus } from '../lib/chain/types.ts';
import { ether } from '../lib/format.ts';
import { ModelLink, Person } from './Identity.tsx';
import { StrangersText } from './StrangersText.tsx';

interface Props {
  standing?: NodeStatus;
  successor?: Named;
  disputes: Dispute[];
  people: Record<string, string>;
}

const MARKS = {
  deprecated: 'Deprecated: its trainer says that it should not be used for new work.',
  withdrawn: 'Withdrawn: its trainer says that it should not be used at all.',
};
const FACTS = {
  source: 'its declared source',
  verdict: 'the foreign program’s verdict',
  attestation: 'an attestation',
};

/** What was said of a model after it was registered: by its trainer, and by whoever disputes what was declared. */
export function Standing({ standing, successor, disputes, people }: Props) {
  const mark = standing && standing.mark !== 'current' ? MARKS[standing.mark] : undefined;
  if (!mark && !successor && disputes.length === 0) return null;
  return (
    <div className="mx-auto grid max-w-7xl gap-3 px-4 pt-6 sm:px-6" data-testid="standing">
      {mark && (
        <div className="sheet border-l-4 border-warn px-4 py-3">
          <p className="font-medium">{mark}</p>
          {standing!.reason && <StrangersText text={standing!.reason} />}
        </div>
      )}
      {successor && (
        <div className="sheet flex flex-wrap items-center gap-x-4 gap-y-2 border-l-4 border-mark px-4 py-3">
          <p className="font-medium">Its trainer names a successor:</p>
          <ModelLink model={successor} />
          <p className="text-soft">
            {standing!.descends ? 'It descends from this model.' : 'It was not shown to descend from this model.'}
          </p>
        </div>
      )}
      {disputes.map((dispute) => (
        <div key={dispute.id} className="sheet border-l-4 border-warn px-4 py-3">
          <Disputed dispute={dispute} people={people} />
        </div>
      ))}
    </div>
  );
}

/** Who disputes what, and why. */
export function Disputed({ dispute, people }: { dispute: Dispute; people: Record<string, string> }) {
  const { disputer, fact, bond, reason } = dispute;
  return (
    <>
      <p>
        <span className="font-medium">Disputed:</span> <Person address={disputer} people={people} /> disputes{' '}
        {FACTS[fact]} with a bond of {ether(bond)}. Nobody judges this.
      </p>
      <StrangersText text={reason} />
    </>
  );
}
