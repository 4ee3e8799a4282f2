/** What the job draws while it runs: its graphs above, its images below. */
import { Download, Image as ImageIcon, LineChart as LineChartIcon } from 'lucide-react'
import { useState } from 'react'
import { imageFile } from '@/api/calls'
import type { JobId } from '@/lib/ids'
import { downloadText, toCsv } from '@/ui/chart/download'
import { LineChart } from '@/ui/chart/LineChart'
import type { ChartSeries } from '@/ui/chart/plot'
import { IconButton } from '@/ui/IconButton'
import { useSync } from '@/ui/project'
import { Tabs } from '@/ui/tabs/Tabs'
import type { GraphFeed, ImageFeed, JobState } from './feed'

interface Props {
  readonly job: JobId
  readonly state: JobState
  readonly live: boolean
}

export function FiguresPane({ job, state, live }: Props) {
  const { graphs, images } = state
  const { connection } = useSync()
  if (graphs.length === 0 && images.length === 0) return <NoFigures live={live} />
  return (
    <div className="job-figures">
      {graphs.length > 0 && <Graphs graphs={graphs} live={live && connection.kind === 'open'} ended={!live} />}
      {images.length > 0 && <Images job={job} images={images} ended={!live} />}
    </div>
  )
}

function NoFigures({ live }: { readonly live: boolean }) {
  return (
    <div className="job-no-figures">
      <h2>{live ? 'No graphs or images yet' : 'This job drew no graphs or images'}</h2>
      <p>
        An operation draws with <code>deepforge.Graph("loss")</code> and <code>deepforge.Image("samples", tensor)</code>
        .
      </p>
    </div>
  )
}

interface GraphsProps {
  readonly graphs: readonly GraphFeed[]
  readonly live: boolean
  readonly ended: boolean
}

function Graphs({ graphs, live, ended }: GraphsProps) {
  const [open, setOpen] = useState<string | null>(null)
  const graph = graphs.find((one) => String(one.graph) === open) ?? graphs[0]
  if (graph === undefined) return null
  const labels = { x: graph.x, y: graph.y }
  const series = graph.lines.map(
    ({ line, name, points }): ChartSeries => ({ key: String(line), name, points, live: live && points.xs.length > 0 }),
  )
  const tabs = graphs.map((one) => ({ id: String(one.graph), label: one.name, icon: <LineChartIcon /> }))
  return (
    <section className="job-figure" aria-label="Graphs">
      <Tabs
        label="Graphs"
        tabs={tabs}
        open={String(graph.graph)}
        onOpen={setOpen}
        extra={
          <>
            {live && <span className="job-live">live</span>}
            <IconButton
              label="Download the points"
              onClick={() => downloadText(`${graph.name}.csv`, toCsv(series, labels))}
            >
              <Download />
            </IconButton>
          </>
        }
      >
        <LineChart title={graph.name} series={series} labels={labels} ended={ended} />
      </Tabs>
    </section>
  )
}

interface ImagesProps {
  readonly job: JobId
  readonly images: readonly ImageFeed[]
  readonly ended: boolean
}

function Images({ job, images, ended }: ImagesProps) {
  const [open, setOpen] = useState<string | null>(null)
  const image = images.find((one) => String(one.image) === open) ?? images[0]
  if (image === undefined) return null
  const source = imageFile(job, image.image, image.revision)
  const tabs = images.map((one) => ({ id: String(one.image), label: one.title, icon: <ImageIcon /> }))
  return (
    <section className="job-figure" aria-label="Images">
      <Tabs
        label="Images"
        tabs={tabs}
        open={String(image.image)}
        onOpen={setOpen}
        extra={
          image.drawn && (
            <a
              className="job-download"
              href={source}
              download={`${image.title}.png`}
              aria-label="Download the picture"
              title="Download the picture"
            >
              <Download />
            </a>
          )
        }
      >
        <div className="job-image">
          {image.drawn ? (
            <img src={source} alt={image.title} width={image.width} height={image.height} />
          ) : (
            <p>{ended ? 'Nothing was drawn on it.' : 'Nothing is drawn on it yet.'}</p>
          )}
        </div>
      </Tabs>
    </section>
  )
}
