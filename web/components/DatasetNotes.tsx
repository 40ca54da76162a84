import type { ListedDataset } from '../lib/chain/dataTypes.ts';
import { count } from '../lib/format.ts';
import { Hash, IdLink, Person } from './Identity.tsx';
import { Disputed } from './Standing.tsx';
import { StrangersText } from './StrangersText.tsx';

interface Props {
  dataset: ListedDataset;
  people: Record<string, string>;
  /** whether a link to the dataset would lead to where it is */
  isOwnPage?: boolean;
}

/** A dataset that lists a model's shard, with who attests it and where its rows are. Nothing of it is proved. */
export function DatasetNotes({ dataset, people, isOwnPage = false }: Props) {
  const { uri, attestations, attestationTotal, published, revoked } = dataset;
  return (
    <div className="mt-1" data-testid="dataset">
      <span className="text-soft">Listed as </span>
      <StrangersText text={uri} />
      {!isOwnPage && (
        <>
          {' '}
          <IdLink href={`/dataset/${dataset.id}`} value={dataset.id} />
        </>
      )}
      {revoked && <span className="text-warn"> (revoked by its registrar)</span>}
      {attestations.map(({ source, operator, uri: says, licence, disputes }) => (
        <div key={source} className="border-l-2 border-rule pl-3">
          <Person address={source} people={people} /> <span className="text-soft">attests that it is its own</span>
          {operator && (
            <span className="text-soft">
              {' '}
              by <Person address={operator} people={people} />
            </span>
          )}
          {says && (
            <>
              <span className="text-soft">: </span>
              <StrangersText text={says} />
            </>
          )}
          {licence && (
            <>
              <span className="text-soft">, licence </span>
              <StrangersText text={licence} />
            </>
          )}
          {disputes.map((dispute) => (
            <Disputed key={dispute.id} dispute={dispute} people={people} />
          ))}
        </div>
      ))}
      {attestationTotal > attestations.length && (
        <p className="text-soft">and {count(attestationTotal - attestations.length)} more sources do</p>
      )}
      {published && (
        <p className="border-l-2 border-rule pl-3">
          <span className="text-soft">Its registrar says that the rows are at </span>
          <StrangersText text={published.uri} />
          <span className="text-soft">, SHA-256 </span>
          <Hash value={published.archive} what="SHA-256 of the archive" />
        </p>
      )}
    </div>
  );
}
