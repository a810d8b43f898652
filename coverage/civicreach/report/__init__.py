"""What people and scripts take home: workbook, layers, figures, and the folder that holds them."""
