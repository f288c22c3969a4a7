# Draws NAME.svg from NAME.dat, in the current folder (ci/bench). The columns: x,
# then median and quartiles of left4me, then those of what it is compared with.
set terminal svg size 720,400 dynamic background rgb 'white' font 'sans-serif,13'
set key top left
set grid back linecolor rgb '#dddddd'
set border 3
set tics nomirror
set ylabel 'mount, ms'
set yrange [0:]
ours = "left4me-overlay"
theirs = "mount(8)"

plot_both(name) = sprintf("plot '%s.dat' using 1:2:3:4 with yerrorlines pointtype 7 linecolor rgb '#1f77b4' title ours, \
    '' using 1:5:6:7 with yerrorlines pointtype 5 linecolor rgb '#999999' title theirs", name)

names = system("ls *.dat")
do for [file in names] {
    name = file[1:strlen(file) - 4]
    set output name . '.svg'
    set xlabel name eq 'mount-by-layers' ? 'layers' : 'mounted servers'
    eval plot_both(name)
}
