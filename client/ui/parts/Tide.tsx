/** Two tides at the foot of a page that has little else to show. Decoration only. */
import styles from './Tide.module.css';

export const Tide = () => (
  <svg className={styles.tide} viewBox="0 0 1440 240" preserveAspectRatio="xMidYMax slice" aria-hidden="true">
    <path d="M0 120c180 0 240-70 420-70s260 90 470 90 250-80 550-60v160H0z" />
    <path d="M0 170c200 0 300-50 500-40s260 70 460 60 260-70 480-60v110H0z" />
  </svg>
);
