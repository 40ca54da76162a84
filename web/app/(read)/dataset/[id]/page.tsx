import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { DatasetNotes } from '../../../../components/DatasetNotes.tsx';
import { EntityColumns, EntityHead } from '../../../../components/EntityHead.tsx';
import { Person } from '../../../../components/Identity.tsx';
import { BenchmarkList, ModelList, ShardList } from '../../../../components/Lists.tsx';
import { Section } from '../../../../components/Section.tsx';
import { readDataset } from '../../../../lib/chain/pages.ts';
import { count, plural } from '../../../../lib/format.ts';
import { idIn } from '../../../../lib/ids.ts';
import { benchmarkName } from '../../../../lib/names.ts';
import { pageMetadata } from '../../../../lib/pageMetadata.ts';

interface Props {
  params: Promise<{ id: string }>;
}

async function load({ params }: Props) {
  const id = idIn((await params).id);
  return id && readDataset(id);
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  const view = await load(props);
  if (!view || 'missing' in view) return { title: 'Unknown dataset' };
  const { dataset, trainedOn, config } = view;
  const words = `${plural(dataset.rows, 'row')} in ${plural(dataset.shards.length, 'shard')}, on which ${plural(trainedOn.total, 'model')} were trained, on ${config.chainName} (${config.chainId}).`;
  return pageMetadata(`/dataset/${dataset.id}`, `Dataset ${benchmarkName(dataset)}`, words);
}

export default async function Page(props: Props) {
  const view = await load(props);
  if (!view) notFound();
  if ('missing' in view) return null;
  const { config, dataset, notes, shards, trainedOn, benchmarks } = view;
  const { id, registrar, rows, block } = dataset;
  return (
    <>
      <EntityHead
        kind="Dataset"
        title={<bdi>{benchmarkName(dataset)}</bdi>}
        id={id}
        what="id of the dataset"
        json={`/api/dataset/${id}`}
        actions={
          <Link className="button" href="/leaderboard/open">
            Open a benchmark
          </Link>
        }
      >
        A list of shards under one name. Anyone can list any shards, and call the list anything.
      </EntityHead>
      <EntityColumns
        left={
          <>
            <Section title="What is registered">
              <dl className="grid-facts pt-1">
                <dt>Registered by</dt>
                <dd>
                  <Person address={registrar} people={config.people} />{' '}
                  <span className="text-soft">in block {count(block)}</span>
                </dd>
                <dt>Rows</dt>
                <dd>
                  <span className="figure">{count(rows)}</span>{' '}
                  <span className="text-soft">in {plural(dataset.shards.length, 'shard')}</span>
                </dd>
                <dt>What is said of it</dt>
                <dd>
                  <DatasetNotes dataset={notes} people={config.people} isOwnPage />
                  {notes.attestationTotal === 0 && (
                    <p className="text-soft">Nobody says that these rows are its own.</p>
                  )}
                  <p className="text-soft">None of this is proved.</p>
                </dd>
              </dl>
            </Section>
            <ModelList
              title="Trained on it"
              list={trainedOn}
              people={config.people}
              empty="No registered model was trained on a shard of it."
            />
          </>
        }
        right={
          <>
            <ShardList title="Shards" list={shards} empty="None of its shards is known here." />
            <BenchmarkList title="Benchmarks on it" list={benchmarks} empty="Nobody has made it a benchmark." />
          </>
        }
      />
    </>
  );
}
