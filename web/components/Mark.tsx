/** A small hill whose contour lines follow from an id: the same id always has the same picture. */
export function Mark({ id, size = 40, className }: { id: string; size?: number; className?: string }) {
  return (
    <svg viewBox="-50 -50 100 100" width={size} height={size} aria-hidden="true" className={className}>
      <path
        d={outline(id)}
        fill="none"
        stroke="currentColor"
        strokeWidth={size < 32 ? 5 : 3.2}
        strokeLinejoin="round"
      />
    </svg>
  );
}

const RINGS = 4;
const POINTS = 40;

/** Closed curves around a summit that is off the centre; radii vary with a few harmonics taken from the id's bytes. */
function outline(id: string): string {
  const byte = (k: number) => Number.parseInt(id.slice(2 + 2 * k, 4 + 2 * k) || '0', 16) / 255;
  const harmonics = [1, 2, 3, 4].map((m) => ({
    m,
    size: (0.34 * byte(m)) / Math.sqrt(m),
    phase: 6.2832 * byte(m + 4),
  }));
  const summit = { x: 26 * (byte(9) - 0.5), y: 26 * (byte(10) - 0.5) };
  const rings: string[] = [];
  for (let ring = 1; ring <= RINGS; ring++) {
    const t = ring / RINGS;
    const spots: string[] = [];
    for (let k = 0; k < POINTS; k++) {
      const angle = (2 * Math.PI * k) / POINTS;
      const wave = harmonics.reduce(
        (sum, { m, size, phase }) => sum + size * Math.cos(m * angle + phase) * t ** (m / 2),
        0,
      );
      const radius = 36 * t * (1 + wave * 0.62);
      const x = radius * Math.cos(angle) + summit.x * (1 - t);
      const y = radius * Math.sin(angle) + summit.y * (1 - t);
      spots.push(`${x.toFixed(1)} ${y.toFixed(1)}`);
    }
    rings.push(`M${spots.join('L')}Z`);
  }
  return rings.join('');
}
