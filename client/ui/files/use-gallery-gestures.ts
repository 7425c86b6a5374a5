/**
 * What fingers, the wheel and the mouse do with the picture on the stage of the gallery: a swipe to the side goes on, a swipe
 * down closes, two fingers, the wheel and a double press zoom, and what is larger than the stage is moved about.
 */
import { type PointerEvent, type RefObject, useEffect, useRef } from 'react';
import { CLOSE_SCALE, panBy, type Sizes, WHOLE, type Zoom, zoomTo } from './zoom.ts';

/** Less is a press. */
const SLOP_PX = 8;
/** As far as this, or a quick flick. */
const SWIPE_PX = 70;
const FLICK_PX_MS = 0.5;
const CLOSE_PX = 110;
const DOUBLE_PRESS_MS = 320;
const DOUBLE_PRESS_PX = 30;
const WHEEL_FACTOR = 1.0025;

interface Point {
  readonly x: number;
  readonly y: number;
}

export function useGalleryGestures({
  stage,
  zoom,
  setZoom,
  onSwipe,
  onClose,
}: {
  stage: RefObject<HTMLDivElement | null>;
  zoom: Zoom;
  setZoom: (zoom: Zoom) => void;
  /** To the side where the finger went, as one reads: `back` is from the start of a line towards its end. */
  onSwipe: (to: 'back' | 'on') => void;
  onClose: () => void;
}) {
  const pointers = useRef(new Map<number, Point>());
  const drag = useRef<{ from: Point; at: number; along?: 'x' | 'y' }>(undefined);
  const lastPress = useRef<Point & { at: number }>(undefined);
  const present = useRef(zoom);
  present.current = zoom;

  const set = (next: Zoom) => {
    present.current = next;
    setZoom(next);
  };
  const follow = (x: number, y: number) => {
    stage.current?.style.setProperty('--drag-x', `${x}px`);
    stage.current?.style.setProperty('--drag-y', `${y}px`);
    stage.current?.toggleAttribute('data-dragged', x !== 0 || y !== 0);
  };
  const zoomAt = (scale: number, at: Point) => {
    const sizes = sizesOf(stage.current);
    if (sizes) set(zoomTo(present.current, scale, fromMiddle(stage.current, at), sizes));
  };
  const toggle = (at: Point) => (present.current.scale > 1 ? set(WHOLE) : zoomAt(CLOSE_SCALE, at));

  // React's own listener could not keep the browser from zooming the page.
  const wheel = useRef(zoomAt);
  wheel.current = zoomAt;
  useEffect(() => {
    const element = stage.current;
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      wheel.current(present.current.scale * WHEEL_FACTOR ** -event.deltaY, { x: event.clientX, y: event.clientY });
    };
    element?.addEventListener('wheel', onWheel, { passive: false });
    return () => element?.removeEventListener('wheel', onWheel);
  }, [stage]);

  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const at = { x: event.clientX, y: event.clientY };
    pointers.current.set(event.pointerId, at);
    drag.current = pointers.current.size === 1 ? { from: at, at: event.timeStamp } : undefined;
    follow(0, 0);
  };

  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    const former = pointers.current.get(event.pointerId);
    if (!former) return;
    const at = { x: event.clientX, y: event.clientY };
    const [other] = [...pointers.current].flatMap(([id, point]) => (id === event.pointerId ? [] : [point]));
    pointers.current.set(event.pointerId, at);
    const sizes = sizesOf(stage.current);
    if (!sizes) return;
    if (other) {
      zoomAt((present.current.scale * distance(at, other)) / Math.max(1, distance(former, other)), middle(at, other));
      set(panBy(present.current, (at.x - former.x) / 2, (at.y - former.y) / 2, sizes));
    } else if (present.current.scale > 1) {
      set(panBy(present.current, at.x - former.x, at.y - former.y, sizes));
      if (drag.current && distance(at, drag.current.from) > SLOP_PX) drag.current.along = 'x';
    } else if (drag.current && event.pointerType !== 'mouse') {
      const x = at.x - drag.current.from.x;
      const y = at.y - drag.current.from.y;
      if (Math.hypot(x, y) > SLOP_PX) drag.current.along ??= Math.abs(x) > Math.abs(y) ? 'x' : 'y';
      if (drag.current.along === 'x') follow(x, 0);
      else if (drag.current.along === 'y') follow(0, Math.max(0, y));
    }
  };

  const onPointerUp = (event: PointerEvent<HTMLElement>) => {
    pointers.current.delete(event.pointerId);
    const { current: was } = drag;
    drag.current = undefined;
    follow(0, 0);
    if (!was) return;
    const at = { x: event.clientX, y: event.clientY };
    if (!was.along) return press(event, at);
    if (present.current.scale > 1) return;
    const [x, y, ms] = [at.x - was.from.x, at.y - was.from.y, Math.max(1, event.timeStamp - was.at)];
    if (was.along === 'y') return y > CLOSE_PX || y / ms > FLICK_PX_MS * 2 ? onClose() : undefined;
    if (Math.abs(x) < SWIPE_PX && Math.abs(x) / ms < FLICK_PX_MS) return;
    const isRtl = getComputedStyle(event.currentTarget).direction === 'rtl';
    onSwipe(x > 0 !== isRtl ? 'back' : 'on');
  };

  const press = (event: PointerEvent<HTMLElement>, at: Point) => {
    const { current: last } = lastPress;
    lastPress.current = { ...at, at: event.timeStamp };
    if (last && event.timeStamp - last.at < DOUBLE_PRESS_MS && distance(last, at) < DOUBLE_PRESS_PX) {
      lastPress.current = undefined;
      return toggle(at);
    }
    // Beside the picture.
    const box = pictureOf(stage.current)?.getBoundingClientRect();
    if (box && (at.x < box.left || at.x > box.right || at.y < box.top || at.y > box.bottom)) onClose();
  };

  const onPointerCancel = (event: PointerEvent<HTMLElement>) => {
    pointers.current.delete(event.pointerId);
    drag.current = undefined;
    follow(0, 0);
  };

  /** By keys and buttons: around the middle of the stage. */
  const zoomBy = (factor: number) => {
    const sizes = sizesOf(stage.current);
    if (sizes) set(zoomTo(present.current, present.current.scale * factor, { x: 0, y: 0 }, sizes));
  };
  const pan = (x: number, y: number) => {
    const sizes = sizesOf(stage.current);
    if (sizes) set(panBy(present.current, x, y, sizes));
  };
  return { handlers: { onPointerDown, onPointerMove, onPointerUp, onPointerCancel }, zoomBy, pan };
}

const distance = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y);
const middle = (a: Point, b: Point): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
const pictureOf = (stage: HTMLElement | null) => stage?.querySelector<HTMLElement>('[data-place="here"] img');

function fromMiddle(stage: HTMLElement | null, { x, y }: Point): Point {
  const box = stage?.getBoundingClientRect() ?? new DOMRect();
  return { x: x - box.left - box.width / 2, y: y - box.top - box.height / 2 };
}

/** Its layout knows nothing of transforms, so the picture is measured as it is whole. */
function sizesOf(stage: HTMLElement | null): Sizes | undefined {
  const picture = pictureOf(stage);
  if (!stage || !picture) return undefined;
  return {
    stage: { width: stage.clientWidth, height: stage.clientHeight },
    picture: { width: picture.offsetWidth, height: picture.offsetHeight },
  };
}
