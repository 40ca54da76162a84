import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { EntityColumns, EntityHead } from '../../../../components/EntityHead.tsx';
import { NamedLink, Person } from '../../../../components/Identity.tsx';
import {
  BenchmarkList,
  BountyList,
  DatasetList,
  ModelList,
  ResultList,
  ShardList,
} from '../../../../components/Lists.tsx';
import { More } from '../../../../components/ModelProofs.tsx';
import { Section } from '../../../../components/Section.tsx';
import { StrangersText } from '../../../../components/StrangersText.tsx';
import { readTrainer } from '../../../../lib/chain/pages.ts';
import type { TrainerView } from '../../../../lib/chain/pageTypes.ts';
import { plural, short } from '../../../../lib/format.ts';
import { safeText } from '../../../../lib/hostile.ts';
import { addressIn } from '../../../../lib/ids.ts';
import { benchmarkName } from '../../../../lib/names.ts';
import { pageMetadata } from '../../../../lib/pageMetadata.ts';
import { CreditNow } from './CreditNow.tsx';

interface Props {
  params: Promise<{ address: string }>;
}

async function load({ params }: Props) {
  const address = addressIn((await params).address);
  return address && readTrainer(address);
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  const view = await load(props);
  if (!view || 'missing' in view) return { title: 'Unknown trainer' };
  const { trainer, models, datasets, config } = view;
  const title = `Trainer ${nameOf(view) ?? ''} ${short(trainer)}`.replace(/ +/g, ' ');
  const words = `${plural(models.total, 'model')} and ${plural(datasets.total, 'dataset')} registered on ${config.chainName} (${config.chainId}).`;
  return pageMetadata(`/trainer/${trainer}`, title, words);
}

/** What whoever runs this page calls an address, or its ENS name. */
function nameOf({ trainer, name, config }: TrainerView): string | undefined {
  return config.people[trainer.toLowerCase()] ?? (name && safeText(name));
}

export default async function Page(props: Props) {
  const view = await load(props);
  if (!view) notFound();
  if ('missing' in view) return null;
  const { config, trainer, key, name, models, results, shards, datasets, attested, benchmarks, bounties } = view;
  const { people, explorer } = config;
  return (
    <>
      <EntityHead
        kind="Trainer"
        title={<bdi>{nameOf(view) ?? short(trainer)}</bdi>}
        id={trainer}
        what="address"
        json={`/api/trainer/${trainer}`}
        actions={
          <>
            <Link className="button" href={`/tree?trainer=${trainer}`}>
              Models in the tree
            </Link>
            {explorer && (
              <a className="button" href={`${explorer}/address/${trainer}`} rel="noreferrer">
                Explorer
              </a>
            )}
          </>
        }
      >
        {name && people[trainer.toLowerCase()] && (
          <p>
            ENS name <bdi>{safeText(name)}</bdi>
          </p>
        )}
        {key !== trainer && (
          <p>
            <Person address={key} people={people} /> acts for it.
          </p>
        )}
      </EntityHead>
      <EntityColumns
        left={
          <>
            <ModelList title="Models" list={models} people={people} empty="It has registered no model." />
            <ResultList title="Scores of its models" list={results} empty="None of its models has a score." />
          </>
        }
        right={
          <>
            {config.creditVault && config.trainers && (
              <Section
                title="Credit"
                aside={
                  <Link className="link" href={`/credit?trainer=${trainer}`}>
                    Details
                  </Link>
                }
              >
                <CreditNow trainer={trainer} />
              </Section>
            )}
            <DatasetList title="Datasets it registered" list={datasets} empty="It has registered no dataset." />
            <ShardList title="Shards it committed to" list={shards} empty="It has committed to no rows." />
            {attested.total > 0 && <Attested attested={attested} />}
            <BenchmarkList
              title="Benchmarks it opened or sealed"
              list={benchmarks}
              empty="It has opened no benchmark."
            />
            {bounties.total > 0 && <BountyList title="Bounties it funded" list={bounties} empty="" />}
          </>
        }
      />
    </>
  );
}

/** Datasets that it says are its own. */
function Attested({ attested }: Pick<TrainerView, 'attested'>) {
  return (
    <Section title="Datasets it calls its own">
      <p className="pt-4 text-soft">It says so. Nothing proves it.</p>
      <ul className="divide-y divide-line">
        {attested.newest.map(({ dataset, attestation: { uri, licence } }) => (
          <li key={dataset.id} className="grid gap-1 py-3">
            <NamedLink href={`/dataset/${dataset.id}`} name={benchmarkName(dataset)} />
            {uri && <StrangersText text={uri} />}
            {licence && (
              <span className="text-soft">
                licence <StrangersText text={licence} />
              </span>
            )}
          </li>
        ))}
        <More of={attested} />
      </ul>
    </Section>
  );
}
