import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { EntityColumns, EntityHead } from '../../../../components/EntityHead.tsx';
import { Hash, IdLink, Person } from '../../../../components/Identity.tsx';
import { BenchmarkList, DatasetList, ModelList, shardInWords } from '../../../../components/Lists.tsx';
import { InferenceList, More, Prover, ShardFactList } from '../../../../components/ModelProofs.tsx';
import { SchemaFacts } from '../../../../components/SchemaFacts.tsx';
import { Section } from '../../../../components/Section.tsx';
import type { ShardFacts } from '../../../../lib/chain/factTypes.ts';
import { readShard } from '../../../../lib/chain/pages.ts';
import type { ShardView } from '../../../../lib/chain/pageTypes.ts';
import { count, short } from '../../../../lib/format.ts';
import { idIn } from '../../../../lib/ids.ts';
import { pageMetadata } from '../../../../lib/pageMetadata.ts';

interface Props {
  params: Promise<{ id: string }>;
}

async function load({ params }: Props) {
  const id = idIn((await params).id);
  return id && readShard(id);
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  const view = await load(props);
  if (!view || 'missing' in view) return { title: 'Unknown shard' };
  const { shard, config } = view;
  const words = `Committed rows on ${config.chainName} (${config.chainId}): ${shardInWords(shard)}.`;
  return pageMetadata(`/shard/${shard.id}`, `Shard ${short(shard.id)}`, words);
}

export default async function Page(props: Props) {
  const view = await load(props);
  if (!view) notFound();
  if ('missing' in view) return null;
  const { config, shard, datasets, benchmarks, trainedOn, facts, inferences } = view;
  return (
    <>
      <EntityHead
        kind="Shard"
        title={short(shard.id, 10, 6)}
        id={shard.id}
        what="id of the shard"
        json={`/api/shard/${shard.id}`}
      >
        Committed rows that nobody need see. Its proof shows that all values are in range. It does not show where they
        come from. The same rows registered again are another shard, which cannot be recognised.
      </EntityHead>
      <EntityColumns
        left={
          <>
            <Registered view={view} />
            <ModelList
              title="Trained on it"
              list={trainedOn}
              people={config.people}
              empty="No registered model was trained on it."
            />
            {inferences && inferences.total > 0 && (
              <Section title="Recorded outputs on its rows" aside={count(inferences.total)}>
                <InferenceList inferences={inferences} people={config.people} named />
              </Section>
            )}
          </>
        }
        right={
          <>
            <DatasetList title="Datasets that list it" list={datasets} empty="No dataset lists it." />
            <BenchmarkList title="Benchmarks with it" list={benchmarks} empty="No benchmark has it." />
            {facts && <Facts facts={facts} people={config.people} />}
          </>
        }
      />
    </>
  );
}

function Registered({ view: { config, shard, schema } }: { view: ShardView }) {
  const { explorer, people } = config;
  return (
    <Section title="What is registered">
      <dl className="grid-facts pt-1">
        <dt>Owner</dt>
        <dd>
          <Person address={shard.owner} people={people} />
        </dd>
        <dt>Rows</dt>
        <dd>{shardInWords(shard)}</dd>
        {schema && <SchemaFacts schema={schema} />}
        <dt>Registered</dt>
        <dd>
          in block {count(shard.block)}
          <br />
          <Hash
            value={shard.transaction}
            what="transaction"
            {...(explorer && { href: `${explorer}/tx/${shard.transaction}` })}
          />
        </dd>
      </dl>
    </Section>
  );
}

/** What was proved of its rows, row by row as they are committed. */
function Facts({ facts: { disjoint, absent, subset }, people }: { facts: ShardFacts; people: Record<string, string> }) {
  const total = disjoint.total + absent.total + subset.total;
  return (
    <Section title="Proved of its rows" aside={total > 0 && count(total)}>
      <div className="grid gap-3 py-4">
        {total === 0 && <p className="text-soft">No fact about its rows is recorded. That says nothing.</p>}
        <ShardFactList disjoint={disjoint} subset={subset} people={people} />
        {absent.total > 0 && (
          <ul className="list-disc pl-5 marker:text-rule">
            {absent.newest.map((fact) => (
              <li key={fact.record}>
                The record with hash <IdLink value={fact.record} /> is none of its rows, whatever their labels
                <Prover of={fact} people={people} />
              </li>
            ))}
            <More of={absent} />
          </ul>
        )}
      </div>
    </Section>
  );
}
