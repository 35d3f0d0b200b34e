# gnuplot ranks.gp                          draws ranks.svg
# gnuplot -e "format='pdf'" ranks.gp        draws ranks.pdf
# gnuplot -e "format='png'" ranks.gp        draws ranks.png
reset
set encoding utf8
if (!exists("format")) format = 'svg'
if (!exists("output")) output = 'ranks.' . format
heat = 'image'
tile = 'rgbimage'
cap = 'heads nofilled size screen 0.0031,90'
if (format eq 'svg') {
  # Cells as shapes: browsers smooth the pixels of images.
  heat = 'image pixels'
  tile = 'rgbimage pixels'
  set terminal svg enhanced size 853,840 font "sans-serif,9" \
    fontscale 1.3333 background "#FFFFFF"
} else { if (format eq 'pdf') {
  set terminal pdfcairo enhanced size 8.8889in,8.75in font "Sans,9" \
    fontscale 0.75 linewidth 1.5 pointscale 0.75 background "#FFFFFF"
} else { if (format eq 'png') {
  set terminal pngcairo enhanced size 1920,1890 font "Sans,9" \
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

set multiplot

# Panel 1
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set lmargin at screen 0.0678; set rmargin at screen 0.2477
set bmargin at screen 0.6963; set tmargin at screen 0.9357
set title 'point' offset 0,-0.4 font ",9" textcolor rgb "#222222"
set xlabel 'reference, percentile' offset 0,0.3 textcolor rgb "#222222"
set format x '%h'
set xtics norotate scale 0.6,0.3 (0, 20, 40, 60, 80, 100)
unset mxtics
set grid xtics
set ylabel 'posterior, percentile' textcolor rgb "#222222"
set format y '%h'
set ytics norotate scale 0.6,0.3 (0, 20, 40, 60, 80, 100)
unset mytics
set grid ytics
set palette defined (0 '#F4F8FC', 1 '#B7D4EA', 2 '#6BAED6', 3 '#2878B8', 4 '#08306B')
unset logscale cb
set cbrange [0:9.76]
set colorbox user origin 0.2602,0.6963 size 0.0125,0.2394 noborder
set format cb '%h'
set cbtics nomirror scale 0.4 (0, 2, 4, 6, 8)
set cblabel 'relative density' textcolor rgb "#222222"
plot [0:100] [0:100] \
  'ranks.1.csv' skip 1 using (($1+$2)/2):(($3+$4)/2):(finite($5)) with @heat notitle

# Panel 2
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set lmargin at screen 0.3949; set rmargin at screen 0.5748
set bmargin at screen 0.6963; set tmargin at screen 0.9357
set title 'diagonal' offset 0,-0.4 font ",9" textcolor rgb "#222222"
set xlabel 'reference, percentile' offset 0,0.3 textcolor rgb "#222222"
set format x '%h'
set xtics norotate scale 0.6,0.3 (0, 20, 40, 60, 80, 100)
unset mxtics
set grid xtics
set ylabel 'posterior, percentile' textcolor rgb "#222222"
set format y '%h'
set ytics norotate scale 0.6,0.3 (0, 20, 40, 60, 80, 100)
unset mytics
set grid ytics
set palette defined (0 '#F4F8FC', 1 '#B7D4EA', 2 '#6BAED6', 3 '#2878B8', 4 '#08306B')
unset logscale cb
set cbrange [0:9.76]
set colorbox user origin 0.5873,0.6963 size 0.0125,0.2394 noborder
set format cb '%h'
set cbtics nomirror scale 0.4 (0, 2, 4, 6, 8)
set cblabel 'relative density' textcolor rgb "#222222"
plot [0:100] [0:100] \
  'ranks.2.csv' skip 1 using (($1+$2)/2):(($3+$4)/2):(finite($5)) with @heat notitle

# Panel 3
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set lmargin at screen 0.722; set rmargin at screen 0.9019
set bmargin at screen 0.6963; set tmargin at screen 0.9357
set title 'kronecker' offset 0,-0.4 font ",9" textcolor rgb "#222222"
set xlabel 'reference, percentile' offset 0,0.3 textcolor rgb "#222222"
set format x '%h'
set xtics norotate scale 0.6,0.3 (0, 20, 40, 60, 80, 100)
unset mxtics
set grid xtics
set ylabel 'posterior, percentile' textcolor rgb "#222222"
set format y '%h'
set ytics norotate scale 0.6,0.3 (0, 20, 40, 60, 80, 100)
unset mytics
set grid ytics
set palette defined (0 '#F4F8FC', 1 '#B7D4EA', 2 '#6BAED6', 3 '#2878B8', 4 '#08306B')
unset logscale cb
set cbrange [0:9.76]
set colorbox user origin 0.9144,0.6963 size 0.0125,0.2394 noborder
set format cb '%h'
set cbtics nomirror scale 0.4 (0, 2, 4, 6, 8)
set cblabel 'relative density' textcolor rgb "#222222"
plot [0:100] [0:100] \
  'ranks.3.csv' skip 1 using (($1+$2)/2):(($3+$4)/2):(finite($5)) with @heat notitle

# Panel 4
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set lmargin at screen 0.0678; set rmargin at screen 0.2477
set bmargin at screen 0.3751; set tmargin at screen 0.6146
set title 'full' offset 0,-0.4 font ",9" textcolor rgb "#222222"
set xlabel 'reference, percentile' offset 0,0.3 textcolor rgb "#222222"
set format x '%h'
set xtics norotate scale 0.6,0.3 (0, 20, 40, 60, 80, 100)
unset mxtics
set grid xtics
set ylabel 'posterior, percentile' textcolor rgb "#222222"
set format y '%h'
set ytics norotate scale 0.6,0.3 (0, 20, 40, 60, 80, 100)
unset mytics
set grid ytics
set palette defined (0 '#F4F8FC', 1 '#B7D4EA', 2 '#6BAED6', 3 '#2878B8', 4 '#08306B')
unset logscale cb
set cbrange [0:9.76]
set colorbox user origin 0.2602,0.3751 size 0.0125,0.2394 noborder
set format cb '%h'
set cbtics nomirror scale 0.4 (0, 2, 4, 6, 8)
set cblabel 'relative density' textcolor rgb "#222222"
plot [0:100] [0:100] \
  'ranks.4.csv' skip 1 using (($1+$2)/2):(($3+$4)/2):(finite($5)) with @heat notitle

# Panel 5
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set lmargin at screen 0.3949; set rmargin at screen 0.5748
set bmargin at screen 0.3751; set tmargin at screen 0.6146
set title 'swag' offset 0,-0.4 font ",9" textcolor rgb "#222222"
set xlabel 'reference, percentile' offset 0,0.3 textcolor rgb "#222222"
set format x '%h'
set xtics norotate scale 0.6,0.3 (0, 20, 40, 60, 80, 100)
unset mxtics
set grid xtics
set ylabel 'posterior, percentile' textcolor rgb "#222222"
set format y '%h'
set ytics norotate scale 0.6,0.3 (0, 20, 40, 60, 80, 100)
unset mytics
set grid ytics
set palette defined (0 '#F4F8FC', 1 '#B7D4EA', 2 '#6BAED6', 3 '#2878B8', 4 '#08306B')
unset logscale cb
set cbrange [0:9.76]
set colorbox user origin 0.5873,0.3751 size 0.0125,0.2394 noborder
set format cb '%h'
set cbtics nomirror scale 0.4 (0, 2, 4, 6, 8)
set cblabel 'relative density' textcolor rgb "#222222"
plot [0:100] [0:100] \
  'ranks.5.csv' skip 1 using (($1+$2)/2):(($3+$4)/2):(finite($5)) with @heat notitle

# Panel 6
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set lmargin at screen 0.722; set rmargin at screen 0.9019
set bmargin at screen 0.3751; set tmargin at screen 0.6146
set title 'ensemble' offset 0,-0.4 font ",9" textcolor rgb "#222222"
set xlabel 'reference, percentile' offset 0,0.3 textcolor rgb "#222222"
set format x '%h'
set xtics norotate scale 0.6,0.3 (0, 20, 40, 60, 80, 100)
unset mxtics
set grid xtics
set ylabel 'posterior, percentile' textcolor rgb "#222222"
set format y '%h'
set ytics norotate scale 0.6,0.3 (0, 20, 40, 60, 80, 100)
unset mytics
set grid ytics
set palette defined (0 '#F4F8FC', 1 '#B7D4EA', 2 '#6BAED6', 3 '#2878B8', 4 '#08306B')
unset logscale cb
set cbrange [0:9.76]
set colorbox user origin 0.9144,0.3751 size 0.0125,0.2394 noborder
set format cb '%h'
set cbtics nomirror scale 0.4 (0, 2, 4, 6, 8)
set cblabel 'relative density' textcolor rgb "#222222"
plot [0:100] [0:100] \
  'ranks.6.csv' skip 1 using (($1+$2)/2):(($3+$4)/2):(finite($5)) with @heat notitle

# Panel 7
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set lmargin at screen 0.0678; set rmargin at screen 0.2477
set bmargin at screen 0.054; set tmargin at screen 0.2934
set title 'retrained' offset 0,-0.4 font ",9" textcolor rgb "#222222"
set xlabel 'reference, percentile' offset 0,0.3 textcolor rgb "#222222"
set format x '%h'
set xtics norotate scale 0.6,0.3 (0, 20, 40, 60, 80, 100)
unset mxtics
set grid xtics
set ylabel 'posterior, percentile' textcolor rgb "#222222"
set format y '%h'
set ytics norotate scale 0.6,0.3 (0, 20, 40, 60, 80, 100)
unset mytics
set grid ytics
set palette defined (0 '#F4F8FC', 1 '#B7D4EA', 2 '#6BAED6', 3 '#2878B8', 4 '#08306B')
unset logscale cb
set cbrange [0:9.76]
set colorbox user origin 0.2602,0.054 size 0.0125,0.2394 noborder
set format cb '%h'
set cbtics nomirror scale 0.4 (0, 2, 4, 6, 8)
set cblabel 'relative density' textcolor rgb "#222222"
plot [0:100] [0:100] \
  'ranks.7.csv' skip 1 using (($1+$2)/2):(($3+$4)/2):(finite($5)) with @heat notitle

# Title and legend
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set label '{/:Bold Mixed samples by r̂ under a posterior and under the reference}' at screen 0.5,0.981 center font ",10" textcolor rgb "#222222"
set lmargin at screen 0; set rmargin at screen 1
set bmargin at screen 0; set tmargin at screen 1
unset border; unset tics; unset grid
plot [0:1] [0:1] \
  NaN notitle

unset multiplot
unset output
