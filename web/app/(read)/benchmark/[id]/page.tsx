import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { EntityHead } from '../../../../components/EntityHead.tsx';
import { NamedLink } from '../../../../components/Identity.tsx';
import { OneBoard } from '../../../../components/Leaderboard.tsx';
import { BountyList, ShardList } from '../../../../components/Lists.tsx';
import { Section } from '../../../../components/Section.tsx';
import { readBenchmark } from '../../../../lib/chain/pages.ts';
import type { BenchmarkView } from '../../../../lib/chain/pageTypes.ts';
import { plural, short } from '../../../../lib/format.ts';
import { idIn } from '../../../../lib/ids.ts';
import { benchmarkName } from '../../../../lib/names.ts';
import { pageMetadata } from '../../../../lib/pageMetadata.ts';

interface Props {
  params: Promise<{ id: string }>;
}

async function load({ params }: Props) {
  const id = idIn((await params).id);
  return id && readBenchmark(id);
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  const view = await load(props);
  if (!view || 'missing' in view) return { title: 'Unknown benchmark' };
  const { board, config } = view;
  const { benchmark } = board;
  const words = `${plural(benchmark.rows, 'row')}, ${plural(benchmark.results, 'result')}, on ${config.chainName} (${config.chainId}).`;
  return pageMetadata(`/benchmark/${benchmark.id}`, `Benchmark ${benchmarkName(benchmark)}`, words);
}

export default async function Page(props: Props) {
  const view = await load(props);
  if (!view) notFound();
  if ('missing' in view) return null;
  const { config, board, shards, bounties } = view;
  const { benchmark } = board;
  const sealed = benchmark.sealed && !benchmark.sealed.opened;
  return (
    <>
      <EntityHead
        kind="Benchmark"
        title={<bdi>{benchmarkName(benchmark)}</bdi>}
        id={benchmark.id}
        what="id of the benchmark"
        json={`/api/benchmark/${benchmark.id}`}
      >
        Committed rows on which models are ranked. Anyone can open one, with rows and a name of their own.
      </EntityHead>
      <div className="mx-auto grid max-w-7xl grid-cols-[minmax(0,1fr)] gap-10 px-4 pt-10 sm:px-6">
        <OneBoard board={board} people={config.people} />
        <div className="grid grid-cols-[minmax(0,1fr)] gap-14 lg:grid-cols-[repeat(2,minmax(0,1fr))]">
          <div className="grid content-start gap-14">
            <Listed view={view} />
            <ShardList
              title="Shards"
              list={shards}
              empty={sealed ? 'Its shards are not known until it is opened.' : 'None of its shards is known here.'}
            />
          </div>
          <BountyList title="Bounties on it" list={bounties} empty="Nobody has set a bounty on it." />
        </div>
      </div>
    </>
  );
}

function Listed({ view: { board, dataset } }: { view: BenchmarkView }) {
  return (
    <Section title="Dataset">
      <p className="py-3">
        {dataset ? (
          <NamedLink href={`/dataset/${dataset.id}`} name={benchmarkName(dataset)} />
        ) : (
          <span className="text-soft">
            {short(board.benchmark.dataset, 10, 6)}: not registered yet, or not read here
          </span>
        )}
      </p>
    </Section>
  );
}
