# gnuplot counts.gp                          draws counts.svg
# gnuplot -e "format='pdf'" counts.gp        draws counts.pdf
# gnuplot -e "format='png'" counts.gp        draws counts.png
reset
set encoding utf8
if (!exists("format")) format = 'svg'
if (!exists("output")) output = 'counts.' . format
heat = 'image'
tile = 'rgbimage'
cap = 'heads nofilled size screen 0.0031,90'
if (format eq 'svg') {
  # Cells as shapes: browsers smooth the pixels of images.
  heat = 'image pixels'
  tile = 'rgbimage pixels'
  set terminal svg enhanced size 853,560 font "sans-serif,9" \
    fontscale 1.3333 background "#FFFFFF"
} else { if (format eq 'pdf') {
  set terminal pdfcairo enhanced size 8.8889in,5.8333in font "Sans,9" \
    fontscale 0.75 linewidth 1.5 pointscale 0.75 background "#FFFFFF"
} else { if (format eq 'png') {
  set terminal pngcairo enhanced size 1920,1260 font "Sans,9" \
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

set multiplot

# Panel 1
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set lmargin at screen 0.0678; set rmargin at screen 0.3146
set bmargin at screen 0.5866; set tmargin at screen 0.9036
set title 'teacher train' offset 0,-0.4 font ",9" textcolor rgb "#222222"
set xlabel 'epoch' offset 0,0.3 textcolor rgb "#222222"
set format x '%h'
set xtics norotate scale 0.6,0.3 (20, 40, 60, 80, 100)
unset mxtics
set grid xtics
set ylabel 'mixed samples, %' textcolor rgb "#222222"
set format y '%h'
set ytics norotate scale 0.6,0.3 (0, 20, 40, 60, 80, 100)
unset mytics
set grid ytics
set arrow 1 from first 60,graph 0 to first 60,graph 1 nohead back linewidth 1 dashtype (5,4) linecolor rgb "#666666"
set label 1 'accuracy' at first 60,graph 0.96 left offset 0.5,0 font ",7.5" textcolor rgb "#666666" front
plot [1:100] [0:100] \
  'counts.1.csv' skip 1 using (finite($1)):(finite($2)):(finite($3)) with filledcurves linestyle 3 fillstyle transparent solid 0.15 noborder notitle, \
  'counts.1.csv' skip 1 using (finite($1)):(finite($5)):(finite($6)) with filledcurves linestyle 4 fillstyle transparent solid 0.15 noborder notitle, \
  'counts.1.csv' skip 1 using (finite($1)):(finite($4)) with lines linestyle 3 notitle, \
  'counts.1.csv' skip 1 using (finite($1)):(finite($7)) with lines linestyle 4 notitle

# Panel 2
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set lmargin at screen 0.3949; set rmargin at screen 0.6417
set bmargin at screen 0.5866; set tmargin at screen 0.9036
set xlabel 'epoch' offset 0,0.3 textcolor rgb "#222222"
set format x '%h'
set xtics norotate scale 0.6,0.3 (20, 40, 60, 80, 100)
unset mxtics
set grid xtics
set ylabel 'test accuracy, %' textcolor rgb "#222222"
set format y '%h'
set ytics norotate scale 0.6,0.3 (86, 88, 90, 92, 94, 96)
unset mytics
set grid ytics
set arrow 1 from first 60,graph 0 to first 60,graph 1 nohead back linewidth 1 dashtype (5,4) linecolor rgb "#666666"
plot [1:100] [84.528:97.27199999999999] \
  'counts.2.csv' skip 1 using (finite($1)):(finite($2)):(finite($3)) with filledcurves linestyle 1 fillstyle transparent solid 0.15 noborder notitle, \
  'counts.3.csv' skip 1 using (finite($1)):(finite($2)):(finite($3)) with filledcurves linestyle 2 fillstyle transparent solid 0.15 noborder notitle, \
  'counts.2.csv' skip 1 using (finite($1)):(finite($4)) with lines linestyle 1 notitle, \
  'counts.3.csv' skip 1 using (finite($1)):(finite($4)) with lines linestyle 2 notitle

# Panel 3
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set lmargin at screen 0.7295; set rmargin at screen 0.9688
set bmargin at screen 0.5866; set tmargin at screen 0.9036
set xlabel 'epoch' offset 0,0.3 textcolor rgb "#222222"
set format x '%h'
set xtics norotate scale 0.6,0.3 (20, 40, 60, 80, 100)
unset mxtics
set grid xtics
set ylabel 'test NLL, nats' textcolor rgb "#222222"
set format y '%h'
set ytics norotate scale 0.6,0.3 (0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5)
unset mytics
set grid ytics
set arrow 1 from first 60,graph 0 to first 60,graph 1 nohead back linewidth 1 dashtype (5,4) linecolor rgb "#666666"
plot [1:100] [0.1763221361149382:0.5012096999047744] \
  'counts.4.csv' skip 1 using (finite($1)):(finite($2)):(finite($3)) with filledcurves linestyle 1 fillstyle transparent solid 0.15 noborder notitle, \
  'counts.5.csv' skip 1 using (finite($1)):(finite($2)):(finite($3)) with filledcurves linestyle 2 fillstyle transparent solid 0.15 noborder notitle, \
  'counts.4.csv' skip 1 using (finite($1)):(finite($4)) with lines linestyle 1 notitle, \
  'counts.5.csv' skip 1 using (finite($1)):(finite($4)) with lines linestyle 2 notitle

# Panel 4
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set lmargin at screen 0.0678; set rmargin at screen 0.3146
set bmargin at screen 0.147; set tmargin at screen 0.464
set title 'teacher whole *' offset 0,-0.4 font ",9" textcolor rgb "#222222"
set xlabel 'epoch' offset 0,0.3 textcolor rgb "#222222"
set format x '%h'
set xtics norotate scale 0.6,0.3 (20, 40, 60, 80, 100)
unset mxtics
set grid xtics
set ylabel 'mixed samples, %' textcolor rgb "#222222"
set format y '%h'
set ytics norotate scale 0.6,0.3 (0, 20, 40, 60, 80, 100)
unset mytics
set grid ytics
plot [1:100] [0:100] \
  'counts.6.csv' skip 1 using (finite($1)):(finite($2)):(finite($3)) with filledcurves linestyle 3 fillstyle transparent solid 0.15 noborder notitle, \
  'counts.6.csv' skip 1 using (finite($1)):(finite($5)):(finite($6)) with filledcurves linestyle 4 fillstyle transparent solid 0.15 noborder notitle, \
  'counts.6.csv' skip 1 using (finite($1)):(finite($4)) with lines linestyle 3 notitle, \
  'counts.6.csv' skip 1 using (finite($1)):(finite($7)) with lines linestyle 4 notitle

# Panel 5
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set lmargin at screen 0.3949; set rmargin at screen 0.6417
set bmargin at screen 0.147; set tmargin at screen 0.464
set xlabel 'epoch' offset 0,0.3 textcolor rgb "#222222"
set format x '%h'
set xtics norotate scale 0.6,0.3 (20, 40, 60, 80, 100)
unset mxtics
set grid xtics
set ylabel 'test accuracy, %' textcolor rgb "#222222"
set format y '%h'
set ytics norotate scale 0.6,0.3 (88, 90, 92, 94, 96, 98, 100)
unset mytics
set grid ytics
plot [1:100] [86.48:100.52] \
  'counts.7.csv' skip 1 using (finite($1)):(finite($2)):(finite($3)) with filledcurves linestyle 1 fillstyle transparent solid 0.15 noborder notitle, \
  'counts.8.csv' skip 1 using (finite($1)):(finite($2)):(finite($3)) with filledcurves linestyle 2 fillstyle transparent solid 0.15 noborder notitle, \
  'counts.7.csv' skip 1 using (finite($1)):(finite($4)) with lines linestyle 1 notitle, \
  'counts.8.csv' skip 1 using (finite($1)):(finite($4)) with lines linestyle 2 notitle

# Panel 6
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set lmargin at screen 0.7295; set rmargin at screen 0.9688
set bmargin at screen 0.147; set tmargin at screen 0.464
set xlabel 'epoch' offset 0,0.3 textcolor rgb "#222222"
set format x '%h'
set xtics norotate scale 0.6,0.3 (20, 40, 60, 80, 100)
unset mxtics
set grid xtics
set ylabel 'test NLL, nats' textcolor rgb "#222222"
set format y '%h'
set ytics norotate scale 0.6,0.3 (0.1, 0.2, 0.3, 0.4)
unset mytics
set grid ytics
plot [1:100] [0.0491000867582701:0.47615648446816367] \
  'counts.9.csv' skip 1 using (finite($1)):(finite($2)):(finite($3)) with filledcurves linestyle 1 fillstyle transparent solid 0.15 noborder notitle, \
  'counts.10.csv' skip 1 using (finite($1)):(finite($2)):(finite($3)) with filledcurves linestyle 2 fillstyle transparent solid 0.15 noborder notitle, \
  'counts.9.csv' skip 1 using (finite($1)):(finite($4)) with lines linestyle 1 notitle, \
  'counts.10.csv' skip 1 using (finite($1)):(finite($4)) with lines linestyle 2 notitle

# Title and legend
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set label '{/:Bold Signs of r̂ along training}' at screen 0.5,0.9714 center font ",10" textcolor rgb "#222222"
set label '* has seen test labels through its teacher: an upper bound, not a result' at screen 0.5,0.0216 center font ",7.5" textcolor rgb "#222222"
set key at screen 0.5,0.0708 center top horizontal maxcols 4 Left reverse samplen 2.6 spacing 1.15 font ",8" textcolor rgb "#222222"
set lmargin at screen 0; set rmargin at screen 1
set bmargin at screen 0; set tmargin at screen 1
unset border; unset tics; unset grid
plot [0:1] [0:1] \
  NaN notitle, \
  keyentry with lines linestyle 3 title 'r̂ ≤ 0', \
  keyentry with lines linestyle 4 title 'r̂ > 0', \
  keyentry with lines linestyle 1 title 'student', \
  keyentry with lines linestyle 2 title 'teacher'

unset multiplot
unset output
