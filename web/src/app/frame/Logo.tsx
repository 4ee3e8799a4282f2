/** deep forge: two grey streams into one orange. */
export function Logo() {
  return (
    <span className="logo">
      <svg width="22" height="22" viewBox="0 0 22 22" aria-hidden="true" fill="none">
        <path
          d="M5.5 5v6.5a3 3 0 0 0 3 3H11M16.5 5v6.5a3 3 0 0 1-3 3H11V18"
          stroke="var(--brand-logo-grey)"
          strokeWidth="1.75"
          strokeLinecap="round"
        />
        <circle cx="5.5" cy="4.5" r="2.5" fill="var(--brand-logo-grey)" />
        <circle cx="16.5" cy="4.5" r="2.5" fill="var(--brand-logo-grey)" />
        <circle cx="11" cy="18" r="3" fill="var(--brand-orange)" />
      </svg>
      <span>
        deep<b>forge</b>
      </span>
    </span>
  )
}
