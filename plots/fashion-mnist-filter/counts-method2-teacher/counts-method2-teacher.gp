# gnuplot counts-method2-teacher.gp                          draws counts-method2-teacher.svg
# gnuplot -e "format='pdf'" counts-method2-teacher.gp        draws counts-method2-teacher.pdf
# gnuplot -e "format='png'" counts-method2-teacher.gp        draws counts-method2-teacher.png
reset
set encoding utf8
if (!exists("format")) format = 'svg'
if (!exists("output")) output = 'counts-method2-teacher.' . format
heat = 'image'
tile = 'rgbimage'
cap = 'heads nofilled size screen 0.004,90'
if (format eq 'svg') {
  # Cells as shapes: browsers smooth the pixels of images.
  heat = 'image pixels'
  tile = 'rgbimage pixels'
  set terminal svg enhanced size 672,539 font "sans-serif,9" \
    fontscale 1.3333 background "#FFFFFF"
} else { if (format eq 'pdf') {
  set terminal pdfcairo enhanced size 7in,5.6111in font "Sans,9" \
    fontscale 0.75 linewidth 1.5 pointscale 0.75 background "#FFFFFF"
} else { if (format eq 'png') {
  set terminal pngcairo enhanced size 1512,1212 font "Sans,9" \
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

set multiplot

# Panel 1
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set lmargin at screen 0.1052; set rmargin at screen 0.3095
set bmargin at screen 0.575; set tmargin at screen 0.8998
set title 'method2-low' offset 0,-0.4 font ",9" textcolor rgb "#222222"
set xlabel 'epoch' offset 0,0.3 textcolor rgb "#222222"
set format x '%h'
set xtics norotate scale 0.6,0.3 (50, 100)
unset mxtics
set grid xtics
set ylabel 'mixed samples' textcolor rgb "#222222"
set format y '%h'
set ytics norotate scale 0.6,0.3 (0, 2000, 4000, 6000, 8000, 10000, 12000)
unset mytics
set grid ytics
plot [1:100] [0:12000] \
  'counts-method2-teacher.1.csv' skip 1 using (finite($1)):(finite($2)):(finite($3)) with filledcurves linestyle 1 fillstyle transparent solid 0.18 noborder notitle, \
  'counts-method2-teacher.1.csv' skip 1 using (finite($1)):(finite($5)):(finite($6)) with filledcurves linestyle 2 fillstyle transparent solid 0.18 noborder notitle, \
  'counts-method2-teacher.1.csv' skip 1 using (finite($1)):(finite($4)) with lines linestyle 1 notitle, \
  'counts-method2-teacher.1.csv' skip 1 using (finite($1)):(finite($7)) with lines linestyle 2 notitle

# Panel 2
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set lmargin at screen 0.4306; set rmargin at screen 0.6349
set bmargin at screen 0.575; set tmargin at screen 0.8998
set title 'method2-high' offset 0,-0.4 font ",9" textcolor rgb "#222222"
set xlabel 'epoch' offset 0,0.3 textcolor rgb "#222222"
set format x '%h'
set xtics norotate scale 0.6,0.3 (50, 100)
unset mxtics
set grid xtics
set ylabel 'mixed samples' textcolor rgb "#222222"
set format y '%h'
set ytics norotate scale 0.6,0.3 (0, 2000, 4000, 6000, 8000, 10000, 12000)
unset mytics
set grid ytics
plot [1:100] [-400:12400] \
  'counts-method2-teacher.2.csv' skip 1 using (finite($1)):(finite($2)):(finite($3)) with filledcurves linestyle 1 fillstyle transparent solid 0.18 noborder notitle, \
  'counts-method2-teacher.2.csv' skip 1 using (finite($1)):(finite($5)):(finite($6)) with filledcurves linestyle 2 fillstyle transparent solid 0.18 noborder notitle, \
  'counts-method2-teacher.2.csv' skip 1 using (finite($1)):(finite($4)) with lines linestyle 1 notitle, \
  'counts-method2-teacher.2.csv' skip 1 using (finite($1)):(finite($7)) with lines linestyle 2 notitle

# Panel 3
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set lmargin at screen 0.756; set rmargin at screen 0.9603
set bmargin at screen 0.575; set tmargin at screen 0.8998
set title 'method2-high-late' offset 0,-0.4 font ",9" textcolor rgb "#222222"
set xlabel 'epoch' offset 0,0.3 textcolor rgb "#222222"
set format x '%h'
set xtics norotate scale 0.6,0.3 (50, 100)
unset mxtics
set grid xtics
set ylabel 'mixed samples' textcolor rgb "#222222"
set format y '%h'
set ytics norotate scale 0.6,0.3 (0, 2000, 4000, 6000, 8000, 10000, 12000)
unset mytics
set grid ytics
plot [1:100] [-800:12800] \
  'counts-method2-teacher.3.csv' skip 1 using (finite($1)):(finite($2)):(finite($3)) with filledcurves linestyle 1 fillstyle transparent solid 0.18 noborder notitle, \
  'counts-method2-teacher.3.csv' skip 1 using (finite($1)):(finite($5)):(finite($6)) with filledcurves linestyle 2 fillstyle transparent solid 0.18 noborder notitle, \
  'counts-method2-teacher.3.csv' skip 1 using (finite($1)):(finite($4)) with lines linestyle 1 notitle, \
  'counts-method2-teacher.3.csv' skip 1 using (finite($1)):(finite($7)) with lines linestyle 2 notitle

# Panel 4
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set lmargin at screen 0.1052; set rmargin at screen 0.3095
set bmargin at screen 0.1228; set tmargin at screen 0.4475
set title 'method2-low-unmixed' offset 0,-0.4 font ",9" textcolor rgb "#222222"
set xlabel 'epoch' offset 0,0.3 textcolor rgb "#222222"
set format x '%h'
set xtics norotate scale 0.6,0.3 (50, 100)
unset mxtics
set grid xtics
set ylabel 'mixed samples' textcolor rgb "#222222"
set format y '%h'
set ytics norotate scale 0.6,0.3 (0, 2000, 4000, 6000, 8000, 10000, 12000)
unset mytics
set grid ytics
plot [1:100] [0:12000] \
  'counts-method2-teacher.4.csv' skip 1 using (finite($1)):(finite($2)):(finite($3)) with filledcurves linestyle 1 fillstyle transparent solid 0.18 noborder notitle, \
  'counts-method2-teacher.4.csv' skip 1 using (finite($1)):(finite($5)):(finite($6)) with filledcurves linestyle 2 fillstyle transparent solid 0.18 noborder notitle, \
  'counts-method2-teacher.4.csv' skip 1 using (finite($1)):(finite($4)) with lines linestyle 1 notitle, \
  'counts-method2-teacher.4.csv' skip 1 using (finite($1)):(finite($7)) with lines linestyle 2 notitle

# Panel 5
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set lmargin at screen 0.4306; set rmargin at screen 0.6349
set bmargin at screen 0.1228; set tmargin at screen 0.4475
set title 'method2-high-unmixed' offset 0,-0.4 font ",9" textcolor rgb "#222222"
set xlabel 'epoch' offset 0,0.3 textcolor rgb "#222222"
set format x '%h'
set xtics norotate scale 0.6,0.3 (50, 100)
unset mxtics
set grid xtics
set ylabel 'mixed samples' textcolor rgb "#222222"
set format y '%h'
set ytics norotate scale 0.6,0.3 (2000, 4000, 6000, 8000, 10000)
unset mytics
set grid ytics
plot [1:100] [400:11600] \
  'counts-method2-teacher.5.csv' skip 1 using (finite($1)):(finite($2)):(finite($3)) with filledcurves linestyle 1 fillstyle transparent solid 0.18 noborder notitle, \
  'counts-method2-teacher.5.csv' skip 1 using (finite($1)):(finite($5)):(finite($6)) with filledcurves linestyle 2 fillstyle transparent solid 0.18 noborder notitle, \
  'counts-method2-teacher.5.csv' skip 1 using (finite($1)):(finite($4)) with lines linestyle 1 notitle, \
  'counts-method2-teacher.5.csv' skip 1 using (finite($1)):(finite($7)) with lines linestyle 2 notitle

# Panel 6
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set lmargin at screen 0.756; set rmargin at screen 0.9603
set bmargin at screen 0.1228; set tmargin at screen 0.4475
set title 'method2-all' offset 0,-0.4 font ",9" textcolor rgb "#222222"
set xlabel 'epoch' offset 0,0.3 textcolor rgb "#222222"
set format x '%h'
set xtics norotate scale 0.6,0.3 (50, 100)
unset mxtics
set grid xtics
set ylabel 'mixed samples' textcolor rgb "#222222"
set format y '%h'
set ytics norotate scale 0.6,0.3 (0, 2000, 4000, 6000, 8000, 10000, 12000)
unset mytics
set grid ytics
plot [1:100] [0:12000] \
  'counts-method2-teacher.6.csv' skip 1 using (finite($1)):(finite($2)):(finite($3)) with filledcurves linestyle 1 fillstyle transparent solid 0.18 noborder notitle, \
  'counts-method2-teacher.6.csv' skip 1 using (finite($1)):(finite($5)):(finite($6)) with filledcurves linestyle 2 fillstyle transparent solid 0.18 noborder notitle, \
  'counts-method2-teacher.6.csv' skip 1 using (finite($1)):(finite($4)) with lines linestyle 1 notitle, \
  'counts-method2-teacher.6.csv' skip 1 using (finite($1)):(finite($7)) with lines linestyle 2 notitle

# Title and legend
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set label '{/:Bold Teacher-guided mixup on 20 % of Fashion-MNIST, teacher method2-teacher}' at screen 0.5,0.9703 center font ",10" textcolor rgb "#222222"
set key at screen 0.5,0.0436 center top horizontal maxcols 2 Left reverse samplen 2.6 spacing 1.15 font ",8" textcolor rgb "#222222"
set lmargin at screen 0; set rmargin at screen 1
set bmargin at screen 0; set tmargin at screen 1
unset border; unset tics; unset grid
plot [0:1] [0:1] \
  NaN notitle, \
  keyentry with lines linestyle 1 title 'r̂ ≤ 0, kept by low', \
  keyentry with lines linestyle 2 title 'r̂ > 0, kept by high'

unset multiplot
unset output
