// A small streaming chart of one column, drawn by uPlot on a canvas; where there is no page (a still picture) as a plain curve.
import { Component, createRef, h, type VNode } from 'preact';
import uPlot from 'uplot';
import { line, round, shape } from './shapes.ts';

export type SparkProps = {
  /** Unix seconds, and one value each; null where nothing is known */
  readonly times: readonly number[];
  readonly values: readonly (number | null)[];
  /** smallest top of the scale, so that nothing looks like much */
  readonly least: number;
  /** a subject of tokens.css: cpu, memory, disk … */
  readonly subject: string;
};

/** Of a still picture, and the least there is. */
const HEIGHT = 34;
const SECONDS = 120;

export class Spark extends Component<SparkProps> {
  readonly #place = createRef<HTMLDivElement>();
  #chart: uPlot | undefined;
  #size: ResizeObserver | undefined;
  readonly #retheme = (): void => this.#make();

  override componentDidMount(): void {
    this.#make();
    const place = this.#place.current;
    if (place === null) return;
    this.#size = new ResizeObserver(() => {
      const { width, height } = room(place);
      if (this.#chart !== undefined && (width !== this.#chart.width || height !== this.#chart.height))
        this.#chart.setSize({ width, height });
    });
    this.#size.observe(place);
    document.addEventListener('uh-theme', this.#retheme);
  }

  override componentDidUpdate(): void {
    this.#chart?.setData(this.#data());
  }

  override componentWillUnmount(): void {
    document.removeEventListener('uh-theme', this.#retheme);
    this.#size?.disconnect();
    this.#chart?.destroy();
  }

  override render(): VNode {
    const still = typeof document === 'undefined' ? [curve(this.props)] : [];
    return h('div', { class: 'xr-spark', ref: this.#place, 'aria-hidden': 'true' }, still);
  }

  #data(): uPlot.AlignedData {
    return [[...this.props.times], [...this.props.values]];
  }

  #make(): void {
    const place = this.#place.current;
    if (place === null) return;
    this.#chart?.destroy();
    const style = getComputedStyle(place);
    const stroke = style.getPropertyValue(`--${this.props.subject}`);
    const tint = style.getPropertyValue(`--${this.props.subject}-tint`);
    this.#chart = new uPlot(
      {
        ...room(place),
        padding: [3, 0, 1, 0],
        cursor: { show: false },
        legend: { show: false },
        axes: [{ show: false }, { show: false }],
        scales: {
          x: { range: (_chart, _least, most) => [most - SECONDS, most] },
          y: { range: (_chart, _least, most) => [0, Math.max(this.props.least, most || 0)] },
        },
        series: [{}, { stroke, fill: tint, width: 1.5, points: { show: false } }],
      },
      this.#data(),
      place,
    );
  }
}

function room(place: HTMLElement): { width: number; height: number } {
  return { width: Math.max(20, place.clientWidth), height: Math.max(HEIGHT, place.clientHeight) };
}

function curve({ times, values, least }: SparkProps): VNode {
  const end = times.at(-1) ?? 0;
  const most = Math.max(least, ...values.map((value) => value ?? 0));
  let d = '';
  values.forEach((value, index) => {
    const x = 100 * (1 - (end - (times[index] ?? end)) / SECONDS);
    if (value === null || x < 0) return;
    d += `${d === '' ? 'M' : 'L'}${round(x)} ${round(HEIGHT - 2 - (value / most) * (HEIGHT - 5))}`;
  });
  return shape(
    'svg',
    { viewBox: `0 0 100 ${HEIGHT}`, preserveAspectRatio: 'none', width: '100%', height: HEIGHT },
    line(d, 'xr-curve', { 'vector-effect': 'non-scaling-stroke' }),
  );
}
