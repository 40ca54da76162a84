import { devKeysInWords, SHARE_SIZE, shareImage } from '../../../../components/ShareImage.tsx';
import { readTrainer } from '../../../../lib/chain/pages.ts';
import { plural, short } from '../../../../lib/format.ts';
import { addressIn } from '../../../../lib/ids.ts';

export const size = SHARE_SIZE;
export const contentType = 'image/png';
export const alt = 'A trainer in the Descent register';

interface Props {
  params: Promise<{ address: string }>;
}

export default async function Image({ params }: Props) {
  const address = addressIn((await params).address);
  const view = address && (await readTrainer(address));
  if (!view || 'missing' in view) return shareImage();
  const { config, trainer, name, models, results, datasets } = view;
  return shareImage({
    kind: 'Trainer',
    title: config.people[trainer.toLowerCase()] ?? name ?? short(trainer),
    id: short(trainer, 14, 10),
    lines: [
      `${plural(models.total, 'model')}, ${plural(results.total, 'score')}`,
      `${plural(datasets.total, 'dataset')} registered`,
    ],
    warnings: devKeysInWords(config),
  });
}
