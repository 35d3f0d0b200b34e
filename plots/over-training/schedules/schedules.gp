# gnuplot schedules.gp                          draws schedules.svg
# gnuplot -e "format='pdf'" schedules.gp        draws schedules.pdf
# gnuplot -e "format='png'" schedules.gp        draws schedules.png
reset
set encoding utf8
if (!exists("format")) format = 'svg'
if (!exists("output")) output = 'schedules.' . format
heat = 'image'
tile = 'rgbimage'
cap = 'heads nofilled size screen 0.004,90'
if (format eq 'svg') {
  # Cells as shapes: browsers smooth the pixels of images.
  heat = 'image pixels'
  tile = 'rgbimage pixels'
  set terminal svg enhanced size 672,360 font "sans-serif,9" \
    fontscale 1.3333 background "#FFFFFF"
} else { if (format eq 'pdf') {
  set terminal pdfcairo enhanced size 7in,3.75in font "Sans,9" \
    fontscale 0.75 linewidth 1.5 pointscale 0.75 background "#FFFFFF"
} else { if (format eq 'png') {
  set terminal pngcairo enhanced size 1512,810 font "Sans,9" \
    fontscale 2.25 linewidth 2.25 pointscale 1 background "#FFFFFF"
} else {
  exit error 'format is svg, pdf or png'
} } }
set output output

# Gaps: values that are not finite, or have no place on a log axis.
finite(v) = abs(v) < 1e300 ? v : NaN
positive(v) = v >= 1e-300 && v < 1e300 ? v : NaN
set datafile separator comma
set datafile commentschars ""
set decimalsign '.'
set minussign
unset key
set border 3 linecolor rgb "#444444" linewidth 0.8
set tics out nomirror scale 0.6,0.3 textcolor rgb "#222222"
set tics font ",8"
set grid xtics ytics back linetype 1 linewidth 0.6 \
  linecolor rgb "#E4E4E4"
set style line 1 linecolor rgb "#0072B2" linewidth 1.7 dashtype solid pointtype 7 pointsize 0.55
set style line 2 linecolor rgb "#D55E00" linewidth 1.7 dashtype (9,3) pointtype 5 pointsize 0.55
set style line 3 linecolor rgb "#009E73" linewidth 1.7 dashtype (2.5,2.5) pointtype 9 pointsize 0.55
set style line 4 linecolor rgb "#CC79A7" linewidth 1.7 dashtype (9,3,2,3) pointtype 13 pointsize 0.55
set style line 5 linecolor rgb "#E69F00" linewidth 1.7 dashtype (18,4) pointtype 6 pointsize 0.55
set style line 6 linecolor rgb "#56B4E9" linewidth 1.7 dashtype (2,6) pointtype 4 pointsize 0.55

set multiplot

# Panel 1
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set lmargin at screen 0.0861; set rmargin at screen 0.4722
set bmargin at screen 0.2267; set tmargin at screen 0.85
set title 'generated' offset 0,-0.4 font ",9" textcolor rgb "#222222"
set xlabel 'time t, steps' offset 0,0.3 textcolor rgb "#222222"
set logscale x
set format x '10^{%T}'
set xtics norotate scale 0.6,0.3 autofreq
set mxtics
set grid xtics
set ylabel 'relative risk' textcolor rgb "#222222"
set logscale y
set format y '%h'
set ytics norotate scale 0.6,0.3 (0.2, 0.5, 1)
unset mytics
set grid ytics
plot [1:100000] [0.14287265945499597:1.7141252145155668] \
  'schedules.1.csv' skip 1 using (positive($1)):(positive($2)):(positive($3)) with filledcurves linestyle 1 fillstyle transparent solid 0.08 noborder notitle, \
  'schedules.1.csv' skip 1 using (positive($1)):(positive($5)):(positive($6)) with filledcurves linestyle 2 fillstyle transparent solid 0.08 noborder notitle, \
  'schedules.1.csv' skip 1 using (positive($1)):(positive($8)):(positive($9)) with filledcurves linestyle 3 fillstyle transparent solid 0.08 noborder notitle, \
  'schedules.1.csv' skip 1 using (positive($1)):(positive($11)):(positive($12)) with filledcurves linestyle 4 fillstyle transparent solid 0.08 noborder notitle, \
  'schedules.1.csv' skip 1 using (positive($1)):(positive($14)):(positive($15)) with filledcurves linestyle 5 fillstyle transparent solid 0.08 noborder notitle, \
  'schedules.1.csv' skip 1 using (positive($1)):(positive($17)):(positive($18)) with filledcurves linestyle 6 fillstyle transparent solid 0.08 noborder notitle, \
  'schedules.1.csv' skip 1 using (positive($1)):(positive($4)) with lines linestyle 1 notitle, \
  'schedules.1.csv' skip 1 using (positive($1)):(positive($7)) with lines linestyle 2 notitle, \
  'schedules.1.csv' skip 1 using (positive($1)):(positive($10)) with lines linestyle 3 notitle, \
  'schedules.1.csv' skip 1 using (positive($1)):(positive($13)) with lines linestyle 4 notitle, \
  'schedules.1.csv' skip 1 using (positive($1)):(positive($16)) with lines linestyle 5 notitle, \
  'schedules.1.csv' skip 1 using (positive($1)):(positive($19)) with lines linestyle 6 notitle

# Panel 2
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set lmargin at screen 0.5742; set rmargin at screen 0.9603
set bmargin at screen 0.2267; set tmargin at screen 0.85
set title 'digits' offset 0,-0.4 font ",9" textcolor rgb "#222222"
set xlabel 'time t, steps' offset 0,0.3 textcolor rgb "#222222"
set logscale x
set format x '10^{%T}'
set xtics norotate scale 0.6,0.3 autofreq
set mxtics
set grid xtics
set ylabel 'relative risk' textcolor rgb "#222222"
set logscale y
set format y '%h'
set ytics norotate scale 0.6,0.3 (0.2, 0.30000000000000004, 0.5, 0.7000000000000001)
unset mytics
set grid ytics
plot [1:100000] [0.18576556588664694:0.7578200649726965] \
  'schedules.2.csv' skip 1 using (positive($1)):(positive($2)):(positive($3)) with filledcurves linestyle 1 fillstyle transparent solid 0.08 noborder notitle, \
  'schedules.2.csv' skip 1 using (positive($1)):(positive($5)):(positive($6)) with filledcurves linestyle 2 fillstyle transparent solid 0.08 noborder notitle, \
  'schedules.2.csv' skip 1 using (positive($1)):(positive($8)):(positive($9)) with filledcurves linestyle 3 fillstyle transparent solid 0.08 noborder notitle, \
  'schedules.2.csv' skip 1 using (positive($1)):(positive($11)):(positive($12)) with filledcurves linestyle 4 fillstyle transparent solid 0.08 noborder notitle, \
  'schedules.2.csv' skip 1 using (positive($1)):(positive($14)):(positive($15)) with filledcurves linestyle 5 fillstyle transparent solid 0.08 noborder notitle, \
  'schedules.2.csv' skip 1 using (positive($1)):(positive($17)):(positive($18)) with filledcurves linestyle 6 fillstyle transparent solid 0.08 noborder notitle, \
  'schedules.2.csv' skip 1 using (positive($1)):(positive($4)) with lines linestyle 1 notitle, \
  'schedules.2.csv' skip 1 using (positive($1)):(positive($7)) with lines linestyle 2 notitle, \
  'schedules.2.csv' skip 1 using (positive($1)):(positive($10)) with lines linestyle 3 notitle, \
  'schedules.2.csv' skip 1 using (positive($1)):(positive($13)) with lines linestyle 4 notitle, \
  'schedules.2.csv' skip 1 using (positive($1)):(positive($16)) with lines linestyle 5 notitle, \
  'schedules.2.csv' skip 1 using (positive($1)):(positive($19)) with lines linestyle 6 notitle

# Title and legend
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set label '{/:Bold Schedules of α}' at screen 0.5,0.9556 center font ",10" textcolor rgb "#222222"
set key at screen 0.5,0.1081 center top horizontal maxcols 4 Left reverse samplen 2.6 spacing 1.15 font ",8" textcolor rgb "#222222"
set lmargin at screen 0; set rmargin at screen 1
set bmargin at screen 0; set tmargin at screen 1
unset border; unset tics; unset grid
plot [0:1] [0:1] \
  NaN notitle, \
  keyentry with lines linestyle 1 title 'α = 1', \
  keyentry with lines linestyle 2 title 'easy', \
  keyentry with lines linestyle 3 title 'hard', \
  keyentry with lines linestyle 4 title 'easy-hard-easy', \
  keyentry with lines linestyle 5 title 'plain', \
  keyentry with lines linestyle 6 title 'α = 1, best switch'

unset multiplot
unset output
