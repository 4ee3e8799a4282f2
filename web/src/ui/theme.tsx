/** Light or dark: the system's, or what the person chose here; and Mantine's components in the same tokens. */
import { type CSSVariablesResolver, createTheme, MantineProvider } from '@mantine/core'
import '@mantine/core/styles.layer.css'
import { type ReactNode, useSyncExternalStore } from 'react'
import { create } from 'zustand'
import './base.css'
import './fonts.css'
import './tokens.css'

export type Theme = 'system' | 'light' | 'dark'

const KEY = 'deepforge-theme'
const dark = window.matchMedia('(prefers-color-scheme: dark)')

function stored(): Theme {
  const value = localStorage.getItem(KEY)
  return value === 'light' || value === 'dark' ? value : 'system'
}

export const useTheme = create<{ theme: Theme }>(() => ({ theme: stored() }))

export function setTheme(theme: Theme): void {
  if (theme === 'system') localStorage.removeItem(KEY)
  else localStorage.setItem(KEY, theme)
  useTheme.setState({ theme })
  show(theme)
}

/** The tokens look at `data-theme`; without it they follow the system, but dark rules of components need it said. */
function show(theme: Theme): void {
  document.documentElement.dataset.theme = resolved(theme)
}

function resolved(theme: Theme): 'light' | 'dark' {
  return theme === 'system' ? (dark.matches ? 'dark' : 'light') : theme
}

show(stored())
dark.addEventListener('change', () => show(useTheme.getState().theme))

function subscribe(listener: () => void): () => void {
  dark.addEventListener('change', listener)
  return () => dark.removeEventListener('change', listener)
}

/** What is shown now. */
export function useResolvedTheme(): 'light' | 'dark' {
  const theme = useTheme((state) => state.theme)
  return useSyncExternalStore(subscribe, () => resolved(theme))
}

const mantine = createTheme({
  fontFamily: 'var(--font-ui)',
  fontFamilyMonospace: 'var(--font-mono)',
  defaultRadius: 'md',
  radius: { sm: '4px', md: '6px', lg: '10px', xl: '14px' },
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  primaryColor: 'blue',
  focusRing: 'auto',
  respectReducedMotion: true,
})

const tokens = {
  '--mantine-color-body': 'var(--surface)',
  '--mantine-color-text': 'var(--text)',
  '--mantine-color-dimmed': 'var(--text-2)',
  '--mantine-color-default': 'var(--surface)',
  '--mantine-color-default-hover': 'var(--surface-hover)',
  '--mantine-color-default-color': 'var(--text)',
  '--mantine-color-default-border': 'var(--border-strong)',
  '--mantine-color-placeholder': 'var(--text-3)',
  '--mantine-color-anchor': 'var(--link)',
  '--mantine-color-error': 'var(--text-failed)',
  '--mantine-primary-color-filled': 'var(--select)',
}

const resolver: CSSVariablesResolver = () => ({ variables: {}, light: tokens, dark: tokens })

export function ThemeProvider({ children }: { children: ReactNode }) {
  return (
    <MantineProvider theme={mantine} cssVariablesResolver={resolver} forceColorScheme={useResolvedTheme()}>
      {children}
    </MantineProvider>
  )
}
