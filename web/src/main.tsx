/** The client's first file: it finds the page's root and hands it to the application. */
import { createRoot } from 'react-dom/client'
import { App } from '@/app/App'
import '@/app/app.css'

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no element #root.')
createRoot(root).render(<App />)
